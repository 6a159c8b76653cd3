package activities_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

// A deal that this enrollment has made is the one that it moves, by whichever node it was made, and
// however the keys are spelled; a newer one of the contact is somebody else's.
func TestDealThatWasMadeByAnAssignmentIsTheEnrollmentsOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: deal_assign, with: {pipeline: SALES, owner: ann@example.com, create: true}, next: b}
  b: {type: deal_move, with: {pipeline: Sales, stage: WON}}`)
		require.Equal(t, interpreter.Left, p.advance(command(interpreter.Act, ""))[0].Kind)
		_, made := p.stands()
		contact := p.contact().ID
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.CreateDeal(&store.Deal{Pipeline: "sales", Stage: "won", Status: "won", ContactID: contact})
		}))
		move := command(interpreter.Act, "")
		move.Node = "b"
		require.Equal(t, interpreter.Left, p.advance(move)[0].Kind)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			moved, err := tx.Step(p.in.Enrollment, "b", 1)
			require.NoError(t, err)
			require.Equal(t, dealOf(t, made.Result), dealOf(t, moved.Result))
			deal, err := tx.Deal(dealOf(t, made.Result))
			require.Equal(t, []string{"sales", "won"}, []string{deal.Pipeline, deal.Stage})
			return err
		}))
	})
}

func dealOf(t *testing.T, result store.JSON) string {
	t.Helper()
	var shown struct{ Deal string }
	require.NoError(t, json.Unmarshal(result, &shown))
	return shown.Deal
}

// A trigger on what changes about a contact hears of consent, too, whoever took it back.
func TestUnsubscribeReportsTheChangeOfTheContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: unsubscribe}`)
		require.Equal(t, interpreter.Left, p.advance(command(interpreter.Act, ""))[0].Kind)
		log := p.log(events.TypeContactUpdated, events.TypeEmailUnsubscribed)
		require.Len(t, log, 2)
		require.Equal(t, events.TypeContactUpdated, log[0].Type)
		data := map[string]map[string]events.Change{}
		require.NoError(t, json.Unmarshal(log[0].Data, &data))
		require.Equal(t, []string{"consent"}, slices.Collect(maps.Keys(data["changed"])))
		cause, err := events.ParseCause(log[0].Cause)
		require.NoError(t, err)
		require.Equal(t, []string{p.in.Enrollment, "it"}, []string{cause.Enrollment, cause.Node})
	})
}

// log are the contact's events of some types.
func (p *passage) log(types ...string) (list []store.Event) {
	p.Helper()
	contact := p.contact().ID
	require.NoError(p, p.store.Read(p.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.EventsAfter(contact, 0, types, 100)
		return err
	}))
	return list
}

// Events about deals have the same data, whatever of it is there.
func TestDealEventsHaveAllTheirData(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: deal_create, with: {pipeline: sales}}`)
	require.Equal(t, interpreter.Left, p.advance(command(interpreter.Act, ""))[0].Kind)
	log := p.log(events.TypeDealCreated, events.TypeDealWon)
	require.Len(t, log, 2)
	for _, event := range log {
		data := map[string]any{}
		require.NoError(t, json.Unmarshal(event.Data, &data))
		require.ElementsMatch(t, []string{"deal_id", "pipeline", "from", "to", "value", "currency", "owner"}, slices.Collect(maps.Keys(data)))
		require.Nil(t, data["value"])
		require.Nil(t, data["owner"])
		require.Equal(t, "USD", data["currency"])
	}
}

// Who is taken out of a course by a step is heard of like one whom a call takes out.
func TestCourseUnenrollReportsIt(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: course_enroll, with: {course: program-a}, next: b}
  b: {type: course_unenroll, with: {course: PROGRAM-A}}`)
	require.NoError(t, p.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.CreateCourse(&store.Course{Key: "program-a", Name: "A"})
	}))
	out := command(interpreter.Act, "")
	out.Node = "b"
	require.Len(t, p.advance(command(interpreter.Act, ""), out), 2)
	log := p.log(events.TypeCourseEnrolled, events.TypeCourseUnenrolled)
	require.Len(t, log, 2)
	require.JSONEq(t, `{"course": "program-a", "progress": 0}`, string(log[1].Data))
}
