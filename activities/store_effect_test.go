package activities_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

// change edits the enrollment and its contact before the test.
func (p *passage) change(edit func(*store.Enrollment, *store.Contact)) *passage {
	p.Helper()
	require.NoError(p, p.store.Write(p.Context(), func(tx *store.Tx) error {
		e, c, err := tx.LockEnrollmentContact(p.in.Enrollment)
		if err != nil {
			return err
		}
		edit(e, c)
		if err := tx.UpdateContact(c); err != nil {
			return err
		}
		return tx.SaveEnrollment(e)
	}))
	return p
}

func (p *passage) contact() *store.Contact {
	p.Helper()
	var c *store.Contact
	require.NoError(p, p.store.Write(p.Context(), func(tx *store.Tx) (err error) {
		_, c, err = tx.LockEnrollmentContact(p.in.Enrollment)
		return err
	}))
	return c
}

func TestFieldSetFailsForGoodWhereNoTryCanHelp(t *testing.T) {
	t.Parallel()
	full := `{"n0": 1`
	for i := 1; i < 200; i++ {
		full += fmt.Sprintf(`, "n%d": 1`, i)
	}
	for name, c := range map[string]struct{ with, fields string }{
		"fields":   {`field: one_more, value: 1`, full + "}"},
		"NaN":      {`field: score, increment: 1`, `{"score": "NaN"}`},
		"infinite": {`field: score, increment: 1`, `{"score": "Infinity"}`},
		"sum":      {`field: score, increment: 1.7e308`, `{"score": 1.7e308}`},
		"mail":     {`field: email, value: taken@example.com`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := enroll(t, storetest.Open(t), `{type: field_set, with: {`+c.with+`}}`)
			p.change(func(_ *store.Enrollment, contact *store.Contact) { contact.Fields = store.JSON(c.fields) })
			taken := "taken@example.com"
			require.NoError(t, p.store.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateContact(&store.Contact{Email: &taken}) }))
			require.Equal(t, "bad_value", p.advance(command(interpreter.Act, ""))[0].Code)
			require.JSONEq(t, c.fields, string(p.contact().Fields))
		})
	}
}

func TestFieldSetReplacesAnAddress(t *testing.T) {
	t.Parallel()
	old := "old@example.com"
	p := enroll(t, storetest.Open(t), `{type: field_set, with: {field: email, value: New@Example.com}}`)
	p.change(func(_ *store.Enrollment, c *store.Contact) { c.Email = &old })
	require.Equal(t, interpreter.Left, p.advance(command(interpreter.Act, ""))[0].Kind)
	require.Equal(t, "new@example.com", *p.contact().Email)
}

func TestTestPassageSendsNothingUnlessItSaysReal(t *testing.T) {
	t.Parallel()
	mail := `{type: email, with: {to: ana@example.com, subject: Hi, body: Text.}}`
	for sends, status := range map[string]string{"sink": "done", "real": "unknown"} {
		p := enroll(t, storetest.Open(t), mail).outside(bomb{})
		p.change(func(e *store.Enrollment, _ *store.Contact) { e.Test, e.Sends = true, sends })
		p.first(p.activities.Email)
		p.landed()
		_, step := p.stands()
		require.Equal(t, status, step.Status, sends)
	}
}

func TestStepFindsTheExitThatTheStepBeforeItWrote(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: tag_add, with: {tag: x}, next: b}
  b: {type: tag_add, with: {tag: y}}
exits: [{id: tagged, event: tag.added, outcome: success}]`)
		second := command(interpreter.Act, "")
		second.Node = "b"
		occurrences := p.advance(command(interpreter.Act, ""), second)
		require.Len(t, occurrences, 2)
		require.Equal(t, interpreter.Ended, occurrences[1].Kind)
		e, step := p.stands()
		require.Equal(t, []string{"exited", "success", "tagged"}, []string{e.Status, e.Outcome, e.Reason})
		require.Equal(t, "it", step.Node)
	})
}
