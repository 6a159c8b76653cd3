package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/figures"
	"fermata/store"
	"fermata/store/storetest"
)

const figuresData = "../figures/testdata/"

// figuresFixture is figures/testdata/fixture.json.
type figuresFixture struct {
	Timezone   string    `json:"timezone"`
	Currency   string    `json:"currency"`
	HourlyCost float64   `json:"hourly_cost"`
	Now        time.Time `json:"now"`
	Workflows  []struct {
		Key      string   `json:"key"`
		Versions []object `json:"versions"`
	} `json:"workflows"`
	Contacts []struct {
		ID        string
		CreatedAt time.Time `json:"created_at"`
	}
	Merged []struct {
		Contact, Into string
	}
	Enrollments []struct {
		ID, Workflow, Status, Outcome, Reason, Node string
		Contact                                     string
		Trigger                                     json.RawMessage
		TriggerEvent                                string `json:"trigger_event"`
		Version                                     int
		StartedAt                                   time.Time  `json:"started_at"`
		EndedAt                                     *time.Time `json:"ended_at"`
		Test                                        bool
	} `json:"enrollments"`
	Steps []struct {
		Enrollment, Node, Type, Status, Port, Reason string
		Visit, Seq, Attempts                         int
		EnteredAt                                    time.Time  `json:"entered_at"`
		LeftAt                                       *time.Time `json:"left_at"`
		DueAt                                        *time.Time `json:"due_at"`
		PlannedAt                                    *time.Time `json:"planned_at"`
		MovedAt                                      *time.Time `json:"moved_at"`
	} `json:"steps"`
	Sends []struct {
		ID, Enrollment, Workflow, Node, State string
		Visit                                 int
		CreatedAt                             time.Time  `json:"created_at"`
		SentAt                                *time.Time `json:"sent_at"`
	} `json:"sends"`
	Events []struct {
		ID, Enrollment, Contact, Type string
		Data                          json.RawMessage
		OccurredAt                    time.Time `json:"occurred_at"`
		AcceptedAt                    time.Time `json:"accepted_at"`
	} `json:"events"`
	Retries            []figuresRetry
	Queries, Overviews []figuresQuery
	// hashes are those of the versions, by workflow.
	hashes map[string][]string
}

type figuresQuery struct {
	Name, Workflow, From, To string
	Version                  int
}

func (q figuresQuery) url() string {
	values := url.Values{}
	for name, value := range map[string]string{"from": q.From, "to": q.To} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Version > 0 {
		values.Set("version", strconv.Itoa(q.Version))
	}
	if q.Workflow == "" {
		return "/v1/overview?" + values.Encode()
	}
	return "/v1/workflows/" + q.Workflow + "/analytics?" + values.Encode()
}

func loadFigures(t *testing.T) (data figuresFixture) {
	t.Helper()
	raw, err := os.ReadFile(figuresData + "fixture.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &data))
	return data
}

// fill publishes the workflows of the fixture and writes its rows.
func (data *figuresFixture) fill(f *fixture) {
	f.t.Helper()
	f.clock.now, data.hashes = data.Now, map[string][]string{}
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		return tx.SaveAccount(&store.Account{Name: "Test", Timezone: data.Timezone, Currency: data.Currency, HourlyCost: data.HourlyCost, MailFrom: "shop@example.com"})
	}))
	for _, w := range data.Workflows {
		for i, def := range w.Versions {
			// Contents that are equal are no new version; the description tells them apart.
			def["settings"].(map[string]any)["description"] = "version " + strconv.Itoa(i+1)
			f.call("PUT", "/v1/workflows/"+w.Key, def)
			published := f.must(200, "POST", "/v1/workflows/"+w.Key+"/publish", nil)
			data.hashes[w.Key] = append(data.hashes[w.Key], published["hash"].(string))
		}
	}
	data.write(f)
}

// write writes rows as runs do; again, it is a replay that changes nothing.
func (data *figuresFixture) write(f *fixture) {
	f.t.Helper()
	contact := map[string]string{}
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		if err := data.writeContacts(tx); err != nil {
			return err
		}
		for _, e := range data.Enrollments {
			contact[e.ID] = e.Contact
			err := tx.InsertEnrollment(&store.Enrollment{
				ID: e.ID, Workflow: e.Workflow, Version: e.Version, Hash: data.hash(e.Workflow, e.Version), ContactID: e.Contact, TriggerEventID: e.TriggerEvent, TriggerData: store.JSON(e.Trigger), Status: e.Status, Outcome: e.Outcome,
				Reason: e.Reason, Node: e.Node, Visit: 1, StartedAt: e.StartedAt, EndedAt: e.EndedAt, Test: e.Test, AnchorAt: e.StartedAt, CreatedAt: e.StartedAt,
			})
			if err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
		}
		for _, s := range data.Steps {
			_, _, err := tx.InsertStep(&store.Step{
				EnrollmentID: s.Enrollment, Node: s.Node, Visit: s.Visit, Seq: s.Seq, Type: s.Type, Status: s.Status, Port: s.Port,
				EnteredAt: s.EnteredAt, LeftAt: s.LeftAt, DueAt: s.DueAt, PlannedAt: s.PlannedAt,
				Reason: s.Reason, MovedAt: s.MovedAt, Attempts: s.Attempts,
			})
			if err != nil {
				return err
			}
		}
		for _, m := range data.Sends {
			err := tx.CreateSend(&store.Send{
				ID: m.ID, ContactID: contact[m.Enrollment], EnrollmentID: m.Enrollment, Workflow: m.Workflow, Node: m.Node, Visit: m.Visit,
				Channel: "email", Class: "marketing", MessageID: m.ID, State: m.State, CreatedAt: m.CreatedAt, SentAt: m.SentAt,
			})
			if err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
		}
		for i, v := range data.Events {
			of := v.Contact
			if of == "" {
				of = contact[v.Enrollment]
			}
			err := tx.InsertEvent(&store.Event{
				ID: v.ID, ContactID: of, Seq: int64(i + 1), Type: v.Type, Data: store.JSON(v.Data),
				OccurredAt: v.OccurredAt, AcceptedAt: v.AcceptedAt, BodyHash: v.ID, Source: "test",
			})
			if err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
		}
		return nil
	}))
}

func (data *figuresFixture) writeContacts(tx *store.Tx) error {
	for _, c := range data.Contacts {
		err := tx.CreateContact(&store.Contact{ID: c.ID, ExternalID: &c.ID, CreatedAt: c.CreatedAt})
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	for _, m := range data.Merged {
		if err := tx.PutAlias(&store.ContactAlias{Kind: store.AliasID, Value: m.Contact, ContactID: m.Into, CreatedAt: data.Now}); err != nil {
			return err
		}
	}
	return nil
}

// same fails unless two JSON texts hold the same values, numbers digit by digit.
func same(t *testing.T, expected, got []byte, note string) {
	t.Helper()
	require.Equal(t, plainJSON(t, expected), plainJSON(t, got), note)
}

func plainJSON(t *testing.T, raw []byte) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value))
	withoutWords(value)
	out, err := json.MarshalIndent(value, "", " ")
	require.NoError(t, err)
	return string(out)
}

// withoutWords leaves out sentences, which say nothing that stands not beside them, and when the test
// published.
func withoutWords(value any) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "words")
		delete(v, "updated_at")
		for _, each := range v {
			withoutWords(each)
		}
	case []any:
		for _, each := range v {
			withoutWords(each)
		}
	}
}

func expectedFigures(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(figuresData + "expected.json")
	require.NoError(t, err)
	var expected map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &expected))
	return expected
}

// The figures of every query are those that a program in another language computes from the same
// rows, to the last digit; also when the rows are written again, from the roll-ups alone, and from
// roll-ups that were built anew; and again after an operator's retries.
func TestFiguresEqualThoseOfAnIndependentProgram(t *testing.T) {
	t.Parallel()
	data, expected := loadFigures(t), expectedFigures(t)
	require.Len(t, expected, 2*len(data.all()))
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		data := loadFigures(t)
		data.fill(f)
		when := ""
		check := func(note string) {
			t.Helper()
			for _, q := range data.all() {
				a := f.call("GET", q.url(), nil)
				require.Equal(t, 200, a.status, a.body)
				same(t, expected[q.Name+when], []byte(a.body), note+": "+q.Name+when)
			}
		}
		check("from rows")
		data.write(f)
		check("after a replay")

		roller := &events.Roller{Store: s, Now: f.clock.Now}
		built, err := roller.Round(t.Context())
		require.NoError(t, err)
		require.Equal(t, daysOf(t, data), built, "every day that has ended")
		check("with roll-ups beside the rows")
		whole := rolledUp(t, s)
		built, err = roller.Round(t.Context())
		require.NoError(t, err)
		require.Zero(t, built, "nothing is old")
		rebuilt, err := roller.Rebuild(t.Context())
		require.NoError(t, err)
		require.Equal(t, daysOf(t, data), rebuilt)
		require.Equal(t, whole, rolledUp(t, s), "built anew, they are the same")
		check("after a rebuild")

		built, err = roller.Parts(t.Context())
		require.NoError(t, err)
		require.Positive(t, built)
		require.Positive(t, inParts(t, s), "some have ended")
		check("with parts")
		built, err = roller.Parts(t.Context())
		require.NoError(t, err)
		require.Zero(t, built, "nothing has changed")

		data.retry(f)
		when = ", after retries"
		check("with parts of before")
		_, err = roller.Round(t.Context())
		require.NoError(t, err)
		_, err = roller.Parts(t.Context())
		require.NoError(t, err)
		check("with parts")
		_, err = roller.Rebuild(t.Context())
		require.NoError(t, err)
		check("after a rebuild")
	})
}

// inParts is how many enrollments parts count.
func inParts(t *testing.T, s *store.Store) (n int64) {
	t.Helper()
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		parts, err := tx.FigureParts()
		for _, p := range parts {
			require.False(t, p.Stale)
			n += p.Enrollments
		}
		return err
	}))
	return n
}

func daysOf(t *testing.T, data figuresFixture) int {
	t.Helper()
	zone, err := time.LoadLocation(data.Timezone)
	require.NoError(t, err)
	first := data.Now
	for _, e := range data.Enrollments {
		if !e.Test && e.StartedAt.Before(first) {
			first = e.StartedAt
		}
	}
	return len(figures.Midnights(first, data.Now, zone))
}

// rolledUp are the roll-ups as text, but when they were built.
func rolledUp(t *testing.T, s *store.Store) string {
	t.Helper()
	cells := []any{}
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		builds, err := tx.FigureBuilds()
		for i := range builds {
			day, err := tx.RolledUp(builds[i].StartsAt)
			if err != nil {
				return err
			}
			cells = append(cells, builds[i].StartsAt.UTC(), builds[i].Sealed, day)
		}
		return err
	}))
	raw, err := json.Marshal(cells)
	require.NoError(t, err)
	return string(raw)
}

func TestExpectedFiguresAreWhatTheOtherProgramComputes(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "node", figuresData+"expected.mjs", figuresData+"fixture.json").Output()
	require.NoError(t, err, "Node is needed, as for the page")
	raw, err := os.ReadFile(figuresData + "expected.json")
	require.NoError(t, err)
	same(t, raw, out, "expected.json")
}
