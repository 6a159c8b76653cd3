package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// explained are the reasons about triggers that no event fires, for ada@example.com.
func (b *bench) explained(workflow, email string) (list []Reason) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		w, err := tx.Workflow(workflow)
		if err != nil {
			return err
		}
		c, err := tx.ContactByEmail(email)
		if err != nil {
			return err
		}
		x, err := Explain(tx, b.router.Definitions, w, c, b.clock.now())
		if err != nil {
			return err
		}
		for _, r := range x.Reasons {
			if r.Code == WhyOtherTrigger {
				list = append(list, r)
			}
		}
		return nil
	})
	return list
}

// why is the only such reason.
func (b *bench) why(workflow, email string) Reason {
	b.Helper()
	list := b.explained(workflow, email)
	require.Len(b, list, 1)
	return list[0]
}

func (b *bench) says(workflow, sentence, until string) {
	b.Helper()
	r := b.why(workflow, "ada@example.com")
	require.Equal(b, sentence, r.Sentence)
	at := ""
	if r.Until != nil {
		at = r.Until.UTC().Format("2006-01-02 15:04")
	}
	require.Equal(b, until, at)
}

func TestExplainADateTrigger(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"offset": "-3d", "at": "10:00"}), object{}, func(b *dateBench) {
		const what = "Trigger d (3 days before contact.day at 10:00): contact.day "
		b.save(object{"timezone": "Asia/Kolkata"})
		b.says("dates", what+"is empty.", "")
		b.day("soon")
		b.says("dates", what+`holds "soon", which is no date.`, "")
		b.day("2026-03-11")
		b.says("dates", what+"holds 2026-03-11. Its instant 2026-03-08 10:00:00 Asia/Kolkata had passed when the value, or the trigger, came: then it does not fire.", "")
		b.day("2026-03-20")
		b.says("dates", what+"holds 2026-03-20. It fires on 2026-03-17 10:00:00 Asia/Kolkata.", "2026-03-17 04:30")
		b.set("2026-03-17 05:00")
		b.says("dates", what+"holds 2026-03-20. It has been due since 2026-03-17 10:00:00 Asia/Kolkata and fires in a moment.", "2026-03-17 04:30")
		b.at("2026-03-17 05:01")
		b.says("dates", what+"holds 2026-03-20. It fired for that on 2026-03-17 10:00:00 Asia/Kolkata, and does once for each date.", "")
		b.day("2026-04-20")
		b.status("dates", store.WorkflowStopped)
		b.rules(false)
		b.says("dates", what+"holds 2026-04-20. It fires for nobody while the workflow takes nobody in.", "")
	})
}

func TestExplainAYearlyDate(t *testing.T) {
	t.Parallel()
	eachDates(t, birthday(object{"yearly": true}), object{"timezone": "America/New_York"}, func(b *dateBench) {
		b.save(object{"timezone": "Asia/Tokyo", "fields": object{"day": "1992-03-10"}})
		const what = "Trigger d (On contact.day, every year): contact.day holds 1992-03-10. It fires on "
		b.says("dates", what+"2026-03-10 22:00:00 Asia/Tokyo.", "2026-03-10 13:00")
		b.at("2026-03-10 13:00")
		b.says("dates", what+"2027-03-10 23:00:00 Asia/Tokyo.", "2027-03-10 14:00")
	})
}

// A trigger that has just come into force is explained as its plans will be, before they are made.
func TestExplainADateTriggerWhoseContactsAreBeingLookedAt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.accept(event("type", "page.viewed", "contact", object{"email": "ada@example.com", "fields": object{"day": "2026-03-09T10:00:00Z"}}))
		dates := setupDates(t, s, birthday(object{}), object{})
		const what = "Trigger d (On contact.day): contact.day holds 2026-03-09T10:00:00Z. It "
		dates.says("dates", what+"fires on 2026-03-09 10:00:00 UTC.", "2026-03-09 10:00")
		dates.set("2026-03-09 11:00")
		dates.says("dates", what+"has been due since 2026-03-09 10:00:00 UTC and fires in a moment.", "2026-03-09 10:00")
		dates.at("2026-03-09 11:00")
		dates.says("dates", what+"fired for that on 2026-03-09 10:00:00 UTC, and does once for each date.", "")
	})
}

func TestExplainADateOfDeals(t *testing.T) {
	t.Parallel()
	eachDates(t, date(object{"field": "deal.title"}), object{}, func(b *dateBench) {
		b.save(object{})
		b.says("dates", "Trigger d (On deal.title): the contact has no deal.", "")
		ids := []string{}
		b.write(func(tx *store.Tx) error {
			return tx.CreatePipeline(&store.Pipeline{Key: "clients", Name: "Clients", Stages: []store.Stage{{Key: "new", Name: "New", Kind: "open"}}})
		})
		for _, title := range []string{"2026-03-20", "Website"} {
			b.write(func(tx *store.Tx) error {
				c, err := tx.LockContact(b.contact("ada@example.com").ID)
				if err != nil {
					return err
				}
				deal := &store.Deal{ContactID: c.ID, Title: title, Pipeline: "clients", Stage: "new", Status: "open", CreatedAt: b.clock.now(), UpdatedAt: b.clock.now()}
				if err := tx.CreateDeal(deal); err != nil {
					return err
				}
				ids = append(ids, deal.ID)
				return FollowDates(tx, c, b.clock.now())
			})
		}
		list := b.explained("dates", "ada@example.com")
		require.Len(b, list, 2)
		said := []string{list[0].Sentence, list[1].Sentence}
		require.ElementsMatch(b, []string{
			"Trigger d (On deal.title): deal.title of deal " + ids[0] + " holds 2026-03-20. It fires on 2026-03-20 09:00:00 UTC.",
			"Trigger d (On deal.title): deal.title of deal " + ids[1] + ` holds "Website", which is no date.`,
		}, said)
	})
}

func TestExplainASchedule(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := plan(t, s, 2)
		b.version(1, object{"cron": "0 10 * * *", "timezone": "Europe/Berlin", "filter": is("contact.plan", "pro")}, object{})
		const what = "Trigger plan (Every day at 10:00) "
		free, pro := b.why("weekly", "p00@example.com"), b.why("weekly", "p01@example.com")
		require.Equal(t, what+"fires next on 2026-03-10 09:00:00 UTC. Its filter leaves the contact out now: plan = free.", free.Sentence)
		require.Equal(t, what+"fires next on 2026-03-10 09:00:00 UTC. Its filter holds for the contact now: plan = pro.", pro.Sentence)
		require.Equal(t, []any{"plan", "schedule", "2026-03-10T09:00:00Z"}, []any{pro.Trigger, pro.Type, pro.Until.Format(time.RFC3339)})
		require.Len(t, free.Values, 1)
		require.Equal(t, []any{"pro", "free", false}, []any{free.Values[0].Expected, free.Values[0].Saw, free.Values[0].Result})

		b.clock.add(24 * time.Hour)
		require.Equal(t, 1, b.tick())
		const last = " Last it went off on 2026-03-10 09:00:00 UTC, "
		require.Contains(t, b.why("weekly", "p01@example.com").Sentence, last+"and is still going through the contacts.")
		b.sweep()
		b.accept(object{"type": "person.met", "contact": object{"email": "late@example.com", "fields": object{"plan": "pro"}}})
		b.clock.add(time.Hour)
		b.accept(object{"type": "person.met", "contact": object{"email": "later@example.com", "fields": object{"plan": "pro"}}})
		require.Contains(t, b.why("weekly", "p00@example.com").Sentence, last+"without this contact: its filter did not hold then.")
		require.Contains(t, b.why("weekly", "p01@example.com").Sentence, last+"for this contact too.")
		require.Contains(t, b.why("weekly", "later@example.com").Sentence, last+"before this contact was there.")

		b.status("weekly", store.WorkflowStopped)
		stopped := b.why("weekly", "p01@example.com")
		require.Nil(t, stopped.Until)
		require.Contains(t, stopped.Sentence, what+"fires for nobody while the workflow takes nobody in.")
	})
}

func TestExplainASilence(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{
			"without": []any{"email.opened", "email.clicked"}, "for": "10d", "min_sends": 2,
			"filter": is("contact.plan", "pro"),
		})
		const (
			none   = "Trigger idle counts from when the contact was made, 2026-03-09 09:00:00 UTC: no email.opened or email.clicked of it is known that no machine caused."
			opened = "Trigger idle counts from the last email.opened or email.clicked that no machine caused: email.opened on 2026-03-10 09:00:00 UTC."
			holds  = " Its filter holds for the contact now: plan = pro."
		)
		b.says("back", none+" It fires on 2026-03-19 09:00:00 UTC at the earliest, unless such an event comes before."+
			" It asks for 2 mails (min_sends); sent to the contact since then: 0."+holds, "2026-03-19 09:00")
		b.clock.add(day24)
		b.happens("email.opened", false)
		b.clock.add(time.Hour)
		b.happens("email.opened", true)
		b.mailed()
		b.clock.add(10 * day24)
		const long = " The silence has been long enough since 2026-03-20 09:00:00 UTC"
		b.says("back", opened+long+", and something else is missing. It asks for 2 mails (min_sends); sent to the contact since then: 1."+holds, "")
		b.mailed()
		const enough = " It asks for 2 mails (min_sends); sent to the contact since then: 2 or more."
		b.says("back", opened+long+": it fires at the next look, within minutes."+enough+holds, "2026-03-20 09:00")
		b.accept(object{"type": "person.met", "contact": object{"email": "ada@example.com", "fields": object{"plan": "free"}}})
		b.says("back", opened+long+", and something else is missing."+enough+" Its filter leaves the contact out now: plan = free.", "")
		require.Equal(t, "free", b.why("back", "ada@example.com").Values[0].Saw)
		b.accept(object{"type": "person.met", "contact": object{"email": "ada@example.com", "fields": object{"plan": "pro"}}})
		require.Equal(t, 1, b.look(0))
		b.says("back", opened+" It has fired for this silence, and does again when another one has lasted 10 days.", "")
		b.status(store.WorkflowStopped)
		b.happens("email.clicked", false)
		require.Contains(t, b.why("back", "ada@example.com").Sentence, "It fires for nobody while the workflow takes nobody in.")
	})
}
