package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// switchboard makes no call; it keeps what it was asked for.
type switchboard struct{ got []outgoing.Request }

func (s *switchboard) Do(_ context.Context, r outgoing.Request) (outgoing.Answer, error) {
	s.got = append(s.got, r)
	return outgoing.Answer{Status: http.StatusOK}, nil
}

func setupAlarms(t *testing.T, s *store.Store) (*fixture, *outbox, *switchboard) {
	t.Helper()
	mails, calls := &outbox{}, &switchboard{}
	f := setup(t, s, func(c *Config) { c.Mailer, c.Caller, c.MailFrom = mails, calls, "Fermata <hello@fermata.example>" })
	return f, mails, calls
}

func TestAlarmChannels(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, mails, calls := setupAlarms(t, s)
		f.must(200, "PUT", "/v1/secrets/team", object{"value": "https://hooks.example/T0/secret-path"})
		f.must(200, "PUT", "/v1/secrets/signing", object{"value": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
		for pointer, body := range map[string]object{
			"/to":   {"name": "Ops", "type": "mail"},
			"/url":  {"name": "Ops", "type": "slack", "url": "secret:nobody"},
			"/sign": {"name": "Ops", "type": "slack", "url": "secret:team", "sign": "secret:signing"},
		} {
			a := f.must(422, "POST", "/v1/alarm-channels", body)
			require.Equal(t, pointer, path(t, a, "errors", 0, "pointer"))
		}
		mail := f.must(201, "POST", "/v1/alarm-channels", object{"name": "Ops", "type": "mail", "to": []any{"Ops <ops@example.com>"}, "kinds": []any{"wedged"}})
		require.Equal(t, []any{"ops@example.com"}, mail["to"])
		hook := f.must(201, "POST", "/v1/alarm-channels", object{"name": "Hook", "type": "webhook", "url": "secret:team", "sign": "secret:signing"})
		at := "/v1/alarm-channels/" + mail["id"].(string)
		require.Equal(t, []any{}, f.must(200, "PATCH", at, object{"kinds": nil, "name": "Operations"})["kinds"])
		require.Equal(t, []any{"ops@example.com"}, f.must(200, "GET", at, nil)["to"], "the rest stays")
		f.must(422, "PATCH", at, object{"to": []any{}})
		require.Len(t, f.must(200, "GET", "/v1/alarm-channels", nil)["items"], 2)
		used := f.must(409, "DELETE", "/v1/secrets/team", nil)
		require.Equal(t, []any{"alarm channel " + hook["id"].(string)}, used["users"])

		f.must(200, "POST", at+"/test", nil)
		require.Len(t, mails.got, 1)
		require.Equal(t, "Test: Operations", mails.got[0].Subject)
		require.Equal(t, []string{"ops@example.com"}, mails.got[0].To)
		require.Equal(t, "auto-generated", mails.got[0].Headers["Auto-Submitted"])
		mails.fail = refusedBy{"smtp_550", "no such user"}
		a := f.must(502, "POST", at+"/test", nil)
		require.Contains(t, a["detail"], "no such user")
		require.NotNil(t, f.must(200, "GET", at, nil)["error"])
		tried := f.must(200, "POST", "/v1/alarm-channels/"+hook["id"].(string)+"/test", nil)
		require.Equal(t, "https://hooks.example/T0/secret-path", calls.got[0].URL)
		require.Equal(t, tried["id"], calls.got[0].Headers["webhook-id"])
		require.NotEmpty(t, calls.got[0].Headers["webhook-signature"])

		f.must(204, "DELETE", at, nil)
		f.must(404, "GET", at, nil)
		audit := f.call("GET", "/v1/audit", nil).body
		require.Contains(t, audit, "alarm_channel.create")
		require.NotContains(t, audit, "secret-path")
	})
}

func TestAlarmSettingsAreLaidOverEachOther(t *testing.T) {
	t.Parallel()
	f, _, _ := setupAlarms(t, storetest.Open(t))
	a := f.must(200, "GET", "/v1/alarm-settings", nil)
	require.Equal(t, object{"on": true, "after": "5m"}, path(t, a, "settings", "lateness"))
	require.Empty(t, a["own"])
	a = f.must(422, "PATCH", "/v1/alarm-settings", object{"error_rate": object{"within": "2d"}})
	require.Equal(t, "/error_rate/within", path(t, a, "errors", 0, "pointer"))
	f.must(422, "PATCH", "/v1/alarm-settings", object{"error_rate": object{"rate": 2}})
	f.must(200, "PATCH", "/v1/alarm-settings", object{"lateness": object{"after": "30m"}, "remind_every": "1d"})
	f.must(404, "GET", "/v1/workflows/none/alarm-settings", nil)
	f.must(404, "PATCH", "/v1/workflows/none/alarm-settings", object{})
	f.must(201, "POST", "/v1/workflows", object{"schema": 1, "key": "shop", "name": "Shop", "start": "done", "nodes": object{"done": object{"type": "end"}}})
	a = f.must(200, "PATCH", "/v1/workflows/shop/alarm-settings", object{"lateness": object{"on": false}, "silence": object{"factor": 3}})
	require.Equal(t, object{"on": false, "after": "30m"}, path(t, a, "settings", "lateness"))
	require.Equal(t, "1d", path(t, a, "settings", "remind_every"))
	require.Equal(t, object{"lateness": object{"on": false}, "silence": object{"factor": 3.0}}, a["own"])
	a = f.must(200, "PATCH", "/v1/workflows/shop/alarm-settings", object{"lateness": nil})
	require.Equal(t, object{"on": true, "after": "30m"}, path(t, a, "settings", "lateness"))
	require.Equal(t, object{"on": true, "after": "30m"}, path(t, f.must(200, "GET", "/v1/alarm-settings", nil), "settings", "lateness"))
}

func TestAlarmsAreListedAndAcknowledged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, _, _ := setupAlarms(t, s)
		now := f.clock.Now()
		ended := now.Add(-time.Hour)
		for _, a := range []store.Alarm{
			{ID: "alarm_1", Kind: "silence", Workflow: "shop", EndedAt: &ended},
			{ID: "alarm_2", Kind: "wedged"},
		} {
			a.Summary, a.Measured, a.Changes = "something", store.JSON("{}"), store.JSON(`[{"at":"2026-03-02T09:00:00Z","action":"release","subject":"fermata","person":"fermata","words":"the start of release 2"}]`)
			a.BeganAt, a.OpenedAt, a.SeenAt, a.RemindAt = now, now, now, now
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateAlarm(&a) }))
		}
		require.Len(t, f.must(200, "GET", "/v1/alarms", nil)["items"], 2)
		open := f.must(200, "GET", "/v1/alarms?open=true", nil)
		require.Len(t, open["items"], 1)
		require.Nil(t, path(t, open, "items", 0, "workflow"))
		require.Equal(t, "the start of release 2", path(t, open, "items", 0, "changes", 0, "words"))
		require.Len(t, f.must(200, "GET", "/v1/alarms?open=false&kind=silence&workflow=shop", nil)["items"], 1)
		a := f.must(200, "POST", "/v1/alarms/alarm_2/acknowledge", object{"note": "on it"})
		require.Equal(t, []any{"bootstrap key", "on it"}, []any{a["acknowledged_by"], a["note"]})
		f.must(200, "POST", "/v1/alarms/alarm_2/acknowledge", nil)
		f.must(409, "POST", "/v1/alarms/alarm_1/acknowledge", nil)
		f.must(404, "POST", "/v1/alarms/none/acknowledge", nil)
		require.Equal(t, []any{}, f.must(200, "GET", "/v1/alarms/alarm_2", nil)["notices"])
	})
}

// TestAPublishIsWatched and what an alarm may name is in the audit.
func TestAPublishIsWatched(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, _, _ := setupAlarms(t, s)
		f.must(404, "GET", "/v1/workflows/shop/watch", nil)
		def := object{
			"schema": 1, "key": "shop", "name": "Shop", "start": "done", "triggers": []any{object{"id": "by-hand", "manual": true}},
			"nodes": object{"done": object{"type": "end"}},
		}
		f.must(201, "POST", "/v1/workflows", def)
		f.must(200, "POST", "/v1/workflows/shop/publish", object{})
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"})
		f.clock.Advance(time.Hour)
		f.must(200, "POST", "/v1/workflows/shop/enrollments", object{"contacts": []any{object{"email": "ana@example.com"}}})
		f.clock.Advance(time.Hour)
		a := f.must(200, "GET", "/v1/workflows/shop/watch", nil)
		require.EqualValues(t, 1, a["version"])
		require.EqualValues(t, 1, path(t, a, "after", "entered"))
		require.EqualValues(t, 0, path(t, a, "before", "entered"))
		require.Nil(t, a["done_at"])
		f.must(200, "POST", "/v1/workflows/shop/publish", object{}) // unchanged: the watch goes on
		require.Equal(t, a["started_at"], f.must(200, "GET", "/v1/workflows/shop/watch", nil)["started_at"])
		def["name"] = "Shop two"
		f.must(200, "PUT", "/v1/workflows/shop", def)
		f.must(200, "POST", "/v1/workflows/shop/publish", object{})
		b := f.must(200, "GET", "/v1/workflows/shop/watch", nil)
		require.EqualValues(t, 2, b["version"])
		require.EqualValues(t, 0, path(t, b, "after", "entered"))

		f.must(201, "POST", "/v1/email-templates", object{"key": "welcome", "subject": "Hi", "text": "Hi"})
		f.must(200, "PATCH", "/v1/email-templates/welcome", object{"subject": "Hello"})
		audit := f.must(200, "GET", "/v1/audit?subject=welcome", nil)
		require.Equal(t, "email_template.update", path(t, audit, "items", 0, "action"))
		require.Equal(t, "email_template.create", path(t, audit, "items", 1, "action"))
	})
}
