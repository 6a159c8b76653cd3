package activities

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

const (
	// reasonUndo is the reason of enrollments that end because they are undone.
	reasonUndo = "undo"
	// undoEnds and undoRows are how many enrollments an undo ends, and how many effects it
	// takes back, in one transaction.
	undoEnds = 50
	undoRows = 100
	// undoRequests is how many requests to enroll elsewhere it takes back at once.
	undoRequests = 10_000
	// undoListed is how many effects the result of an undo lists.
	undoListed = 200
)

// undoing is one undo in one transaction.
type undoing struct {
	*turn
	c   interpreter.Command
	key string // the undo's own, in the ledger
	undoProgress
	// since is when the oldest effect was made of those that are taken back together; wishes
	// are what later reads, once it has.
	since  time.Time
	wishes []wish
	read   bool
}

// undoProgress is kept in the result of the step until the undo is done. Passages are the
// enrollments to take back: those that were there when it began.
type undoProgress struct {
	Passages []string `json:"passages"`
	Ended    []string `json:"ended"`
}

// undo takes back, the newest first, what this contact's passages through a workflow did,
// and what those did that they enrolled. Whoever still runs is ended before anything is
// taken back. An effect is marked in the transaction that takes it back, so that it is
// taken back once, in however many transactions and attempts.
func (t *turn) undo(c interpreter.Command, p nodes.Undo) (done, *nodes.Failure, error) {
	if _, err := t.tx.Workflow(p.Workflow); errors.Is(err, store.ErrNotFound) {
		return done{}, outgoing.Missing("workflow", p.Workflow), nil
	} else if err != nil {
		return done{}, nil, fmt.Errorf("read workflow: %w", err)
	}
	u := &undoing{turn: t, c: c, key: effectKey(t.e.ID, c)}
	defer func() { t.part = "" }()
	if err := u.begin(p); err != nil {
		return done{}, nil, err
	}
	more, err := u.goBack()
	if err != nil {
		return done{}, nil, err
	}
	if more {
		return done{result: map[string]any{"passages": u.Passages, "ended": u.Ended}, more: true}, nil, nil
	}
	d, err := u.report(p)
	return d, nil, err
}

// begin finds what is to be undone, or, when an earlier transaction did, reads it.
func (u *undoing) begin(p nodes.Undo) error {
	row, err := u.step(u.c)
	if err != nil {
		return err
	}
	if row != nil && row.Status == "running" {
		if err := row.Result.Decode(&u.undoProgress); err != nil {
			return fmt.Errorf("read progress: %w", err)
		}
	}
	if u.Passages != nil {
		return nil
	}
	u.Ended = []string{}
	if u.Passages, err = u.passages(p); err != nil {
		return err
	}
	// At once, and before the contact is let go: what has been asked for and the router has
	// not come to is refused from here on, so that nobody else is enrolled by them.
	requests, err := u.tx.ToUndo(u.Passages, u.key, "enroll_in", undoRequests)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	return u.takeAll(requests)
}

// passages are the contact's enrollments in a workflow and those that they enrolled, but
// for the one that undoes. Tests undo tests, and others undo others.
func (u *undoing) passages(p nodes.Undo) ([]string, error) {
	key := ""
	if p.Correlate != "" {
		key = correlationKey(p.Correlate)
	}
	next, err := u.tx.PassagesOf(u.contact.ID, p.Workflow, key, u.e.Test)
	found := []string{}
	for err == nil && len(next) > 0 {
		next = slices.DeleteFunc(next, func(id string) bool { return id == u.e.ID || slices.Contains(found, id) })
		found = append(found, next...)
		next, err = u.tx.EnrolledBy(u.contact.ID, next)
	}
	if err != nil {
		return nil, fmt.Errorf("read enrollments: %w", err)
	}
	return found, nil
}

// goBack ends and takes back as much as one transaction should, and reports whether there
// is more.
func (u *undoing) goBack() (more bool, err error) {
	active, err := u.tx.ActiveAmong(u.Passages, undoEnds)
	if err != nil {
		return false, fmt.Errorf("read enrollments: %w", err)
	}
	for _, id := range active {
		other, err := u.tx.LockEnrollment(id)
		if err != nil {
			return false, fmt.Errorf("lock enrollment: %w", err)
		}
		if err := u.endOther(other, reasonUndo); err != nil {
			return false, err
		}
		u.Ended = append(u.Ended, id)
	}
	if len(active) == undoEnds {
		return true, nil
	}
	rows, err := u.tx.ToUndo(u.Passages, u.key, "", undoRows)
	if err != nil {
		return false, fmt.Errorf("read ledger: %w", err)
	}
	return len(rows) == undoRows, u.takeAll(rows)
}

// report is the result of an undo: what was undone and what was not, the newest first.
func (u *undoing) report(p nodes.Undo) (done, error) {
	rows, err := u.tx.UndoneBy(u.Passages, u.key, undoListed+1)
	if err != nil {
		return done{}, fmt.Errorf("read ledger: %w", err)
	}
	undone, not := []undoneThing{}, []undoneThing{}
	for i := range rows[:min(len(rows), undoListed)] {
		things, err := rowThings(&rows[i])
		if err != nil {
			return done{}, err
		}
		for _, thing := range things {
			if thing.Reason == "" {
				undone = append(undone, thing)
			} else {
				not = append(not, thing)
			}
		}
	}
	d := done{result: map[string]any{
		"workflow": p.Workflow, "enrollments": len(u.Passages), "ended": u.Ended, "undone": undone, "not_undone": not,
	}}
	if p.Correlate != "" {
		d.result["correlate"] = p.Correlate
	}
	if len(rows) > undoListed {
		d.result["more"] = true
	}
	if len(undone)+len(u.Ended) > 0 {
		d.changes = []change{{Thing: thing(thingUndo, p.Workflow), To: true}}
	}
	return d, nil
}

// undoneThing is a line of an undo's result. Reason says why a thing was not undone; By,
// with reasonKept, is the workflow that wants it as it is.
type undoneThing struct {
	Enrollment string `json:"enrollment,omitempty"`
	Workflow   string `json:"workflow,omitempty"`
	Node       string `json:"node,omitempty"`
	Visit      int    `json:"visit,omitempty"`
	Type       string `json:"type,omitempty"`
	What       string `json:"what"`
	Reason     string `json:"reason,omitempty"`
	By         string `json:"by,omitempty"`
}

// rowThings reads what an undo noted at an effect.
func rowThings(row *store.Undoable) ([]undoneThing, error) {
	var things []undoneThing
	if err := row.Undone.Decode(&things); err != nil {
		return nil, fmt.Errorf("read undone: %w", err)
	}
	for i := range things {
		thing := &things[i]
		thing.Enrollment, thing.Workflow, thing.Type = row.EnrollmentID, row.Workflow, row.Kind
		thing.Node, thing.Visit = row.Node, row.Visit
	}
	return things, nil
}
