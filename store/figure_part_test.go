package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/store"
	"fermata/store/storetest"
)

// Figures are the same with parts and without them, whatever was done to the rows and when, also what
// nobody does any more who has ended. Cut the triggers of 0028 out, one by one, to see it fail.
func TestFiguresWithPartsEqualThoseOfRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		passages, read := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			passages++
			p := &partsPassage{T: rt, s: s, workflow: fmt.Sprintf("w%d", passages), shift: rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(rt, "zone")}
			// Days of their own: roll-ups are of all workflows together.
			p.base = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 10*passages)
			for range rapid.IntRange(3, 6).Draw(rt, "enrolled") {
				p.enroll()
			}
			ops := []func(){
				p.enroll, p.step, p.leave, p.end, p.end, p.build, p.build, p.lateStep, p.lateChange, p.lateEnd, p.send, p.mail,
				p.moved, p.erase, p.started, p.prune, p.sweep, p.otherZone,
			}
			for range rapid.IntRange(4, 14).Draw(rt, "operations") {
				ops[rapid.IntRange(0, len(ops)-1).Draw(rt, "operation")]()
				if rapid.Bool().Draw(rt, "look") {
					read += p.compare(p.pick(partsQueries...))
				}
			}
			p.build()
			read += p.compare(partsQueries...)
		})
		require.Positive(t, read, "parts were read")
	})
}

// partsPassage is one random story of a workflow.
type partsPassage struct {
	*rapid.T
	s        *store.Store
	workflow string
	base     time.Time
	shift    int // hours after midnight UTC at which days begin
	n        int
	ids      []string
}

func (p *partsPassage) write(fn func(tx *store.Tx) error) {
	p.Helper()
	require.NoError(p, p.s.Write(p.Context(), fn))
}

func (p *partsPassage) pick(from ...string) string { return rapid.SampledFrom(from).Draw(p.T, "pick") }

// some is an enrollment that is there, nil for none.
func (p *partsPassage) some(active bool) (found *store.Enrollment) {
	ids := []string{}
	p.write(func(tx *store.Tx) error {
		for _, id := range p.ids {
			e, err := tx.Enrollment(id)
			if err == nil && e.Active == active && !e.Pruned {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		var err error
		found, err = tx.Enrollment(p.pick(ids...))
		return err
	})
	return found
}

func (p *partsPassage) at(most int) time.Time {
	return p.base.Add(time.Duration(rapid.IntRange(0, most*24*3600*1000).Draw(p.T, "ms")) * time.Millisecond).Add(137 * time.Microsecond)
}

func (p *partsPassage) enroll() {
	p.n++
	id := fmt.Sprintf("enr_%s_%03d", p.workflow, p.n)
	at := p.at(4)
	p.write(func(tx *store.Tx) error {
		external := id
		if err := tx.CreateContact(&store.Contact{ID: "con_" + id, ExternalID: &external}); err != nil {
			return err
		}
		return tx.InsertEnrollment(&store.Enrollment{
			ID: id, Workflow: p.workflow, Version: 1 + p.n%2, ContactID: "con_" + id, Status: store.StatusRunning, Node: "a", Visit: 1,
			StartedAt: at, AnchorAt: at, CreatedAt: at, Test: p.n%7 == 0,
		})
	})
	p.ids = append(p.ids, id)
	p.stepOf(id, at)
}

func (p *partsPassage) stepOf(id string, at time.Time) {
	p.n++
	due := at.Add(time.Hour)
	s := &store.Step{EnrollmentID: id, Node: p.pick("a", "b", "c"), Visit: p.n, Type: p.pick("wait", "email", "wait_event"), Status: "waiting", EnteredAt: at}
	if s.Type == "wait" {
		s.DueAt, s.PlannedAt = &due, &due
	}
	p.write(func(tx *store.Tx) error { _, _, err := tx.InsertStep(s); return err })
}

func (p *partsPassage) step() {
	if e := p.some(true); e != nil {
		p.stepOf(e.ID, e.StartedAt.Add(time.Minute))
	}
}

// closeSteps leaves the open steps of an enrollment, or changes those that were left.
func (p *partsPassage) closeSteps(e *store.Enrollment, open bool) {
	p.write(func(tx *store.Tx) error {
		steps, err := tx.Steps(e.ID)
		if err != nil {
			return err
		}
		for i := range steps {
			s := &steps[i]
			if open != (s.LeftAt == nil) {
				continue
			}
			left := s.EnteredAt.Add(time.Duration(rapid.IntRange(0, 2*3600*1000).Draw(p.T, "took")) * time.Millisecond)
			s.LeftAt, s.Status, s.Port = &left, p.pick("done", "done", "failed", "unknown", "canceled"), p.pick("next", "timeout", "")
			if s.Status == "canceled" {
				s.Reason = p.pick("", "moved")
			}
			if err := tx.SaveStep(s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *partsPassage) leave() {
	if e := p.some(true); e != nil {
		p.closeSteps(e, true)
	}
}

func (p *partsPassage) finish(e *store.Enrollment) {
	p.closeSteps(e, true)
	ended := e.StartedAt.Add(time.Duration(rapid.IntRange(1, 3*24*3600).Draw(p.T, "length")) * time.Second)
	e.Status, e.Outcome, e.EndedAt = p.pick(store.StatusCompleted, store.StatusExited, store.StatusFailed), p.pick("success", "neutral"), &ended
	e.Node = p.pick("a", "b", "c")
	p.write(func(tx *store.Tx) error { return tx.SaveEnrollment(e) })
}

func (p *partsPassage) end() {
	if e := p.some(true); e != nil {
		p.finish(e)
	}
}

// What follows happens to enrollments that have ended, and may be counted in a part.

func (p *partsPassage) lateStep() {
	if e := p.some(false); e != nil {
		p.stepOf(e.ID, e.StartedAt)
	}
}

func (p *partsPassage) lateChange() {
	if e := p.some(false); e != nil {
		p.closeSteps(e, false)
	}
}

func (p *partsPassage) lateEnd() {
	if e := p.some(false); e != nil {
		p.finish(e)
	}
}

func (p *partsPassage) send() {
	e := p.some(p.pick("active", "ended") == "active")
	if e == nil {
		return
	}
	p.n++
	id, sent := fmt.Sprintf("send_%s_%d", p.workflow, p.n), e.StartedAt.Add(time.Minute)
	m := &store.Send{ID: id, ContactID: e.ContactID, EnrollmentID: e.ID, Workflow: p.workflow, Node: "a", Visit: 1, Channel: "email", MessageID: id, State: store.SendClaimed, CreatedAt: sent}
	p.write(func(tx *store.Tx) error { return tx.CreateSend(m) })
	if p.pick("sent", "claimed") == "sent" {
		m.State, m.SentAt = store.SendSent, &sent
		p.write(func(tx *store.Tx) error { return tx.SaveSend(m) })
	}
}

// mail reports what became of a mail.
func (p *partsPassage) mail() {
	e := p.some(p.pick("active", "ended") == "active")
	if e == nil {
		return
	}
	p.write(func(tx *store.Tx) error {
		sends, _, err := tx.ListSends(store.SendFilter{Enrollment: e.ID}, store.Page{Limit: 1})
		if err != nil || len(sends) == 0 {
			return err
		}
		p.n++
		seq, err := tx.NextSeq(e.ContactID)
		if errors.Is(err, store.ErrNotFound) {
			return nil // erased
		}
		if err != nil {
			return err
		}
		at := sends[0].CreatedAt.Add(time.Duration(rapid.IntRange(1, 12*24).Draw(p.T, "hours")) * time.Hour)
		id := fmt.Sprintf("evt_%s_%d", p.workflow, p.n)
		return tx.InsertEvent(&store.Event{
			ID: id, ContactID: e.ContactID, Seq: seq, Type: p.pick("email.opened", "email.clicked", "email.bounced"), Source: "test", BodyHash: id,
			Data: store.JSON(`{"bounce": "hard", "send_id": "` + sends[0].ID + `"}`), OccurredAt: at, AcceptedAt: at,
		})
	})
}

// moved puts somebody on another version.
func (p *partsPassage) moved() {
	if e := p.some(p.pick("active", "ended") == "active"); e != nil {
		e.Version = 3 - e.Version
		p.write(func(tx *store.Tx) error { return tx.SaveEnrollment(e) })
	}
}

func (p *partsPassage) erase() {
	if e := p.some(false); e != nil {
		p.write(func(tx *store.Tx) error {
			c, err := tx.Contact(e.ContactID)
			if errors.Is(err, store.ErrNotFound) {
				return nil // erased before
			}
			if err != nil {
				return err
			}
			what, err := tx.ErasureOf(c)
			if err != nil {
				return err
			}
			return tx.EraseContact(what)
		})
	}
}

// started changes when somebody has started, to another day perhaps.
func (p *partsPassage) started() {
	if e := p.some(p.pick("active", "ended") == "active"); e != nil {
		e.StartedAt = e.StartedAt.Add(-time.Duration(rapid.IntRange(0, 30).Draw(p.T, "hours")) * time.Hour)
		p.write(func(tx *store.Tx) error { return tx.SaveEnrollment(e) })
	}
}

// otherZone cuts the days elsewhere from now on.
func (p *partsPassage) otherZone() { p.shift = (p.shift + 2) % 4 }

func (p *partsPassage) days() []time.Time {
	days := []time.Time{}
	for i := range 8 {
		days = append(days, p.base.AddDate(0, 0, i-2).Add(time.Duration(p.shift)*time.Hour))
	}
	return days
}

func (p *partsPassage) build() {
	now := p.base.AddDate(0, 0, 20)
	p.write(func(tx *store.Tx) error {
		days := p.days()
		if p.pick("due", "all") == "due" {
			due, err := tx.PartsDue(days, now)
			for _, day := range due {
				if _, err := tx.BuildPart(day, now); err != nil {
					return err
				}
			}
			return err
		}
		for i := range days[1:] {
			if _, err := tx.BuildPart(store.PartDay{Workflow: p.workflow, StartsAt: days[i], EndsAt: days[i+1]}, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// prune lets a roll-up speak for one day.
func (p *partsPassage) prune() {
	days := p.days()
	i := rapid.IntRange(0, len(days)-2).Draw(p.T, "day")
	day := store.FigureBuild{StartsAt: days[i], EndsAt: days[i+1], Zone: "UTC"}
	now := p.base.AddDate(0, 0, 20)
	err := p.s.Write(p.Context(), func(tx *store.Tx) error {
		if _, err := tx.RollUp(day, nil, now); err != nil {
			return err
		}
		_, err := tx.PruneFigures(day, func(*store.Tx, string, int) (*store.Goal, error) { return nil, nil }, now, now)
		return err
	})
	if err != nil {
		require.ErrorIs(p, err, store.ErrConflict, "it overlaps another one")
	}
}

// sweep deletes what retention may.
func (p *partsPassage) sweep() {
	p.write(func(tx *store.Tx) error {
		if err := tx.MarkRunsClosed(p.ids); err != nil {
			return err
		}
		place := &store.Place{At: p.base.AddDate(0, 0, -30)}
		for place != nil {
			_, next, err := tx.SweepEnrollments(p.base.AddDate(0, 0, 20), *place, 100)
			if err != nil {
				return err
			}
			place = next
		}
		return nil
	})
}

var partsQueries = []string{"whole", "one version", "cut", "overview"}

func (p *partsPassage) compare(names ...string) (read int) {
	days := p.days()
	queries := map[string]store.FigureQuery{
		"whole":       {From: days[0], To: days[7], Days: days[1:7], Mail: true},
		"one version": {From: days[0], To: days[7], Days: days[1:7], Mail: true, Version: 1},
		"cut":         {From: days[2].Add(5 * time.Hour), To: days[5].Add(-7 * time.Hour), Days: days[3:5], Mail: true},
		"overview":    {From: days[0], To: days[7]},
	}
	for _, name := range names {
		q := queries[name]
		q.Workflows = []string{p.workflow}
		require.NoError(p, p.s.Snapshot(p.Context(), func(tx *store.Tx) error {
			got, err := tx.Figures(q)
			if err != nil {
				return err
			}
			q.Rows = true
			want, err := tx.Figures(q)
			require.Equal(p, plainCells(want), plainCells(got), name)
			counted, err2 := store.InParts(tx, q)
			require.NoError(p, err2)
			read += counted
			return err
		}))
	}
	return read
}

// plainCells are cells in a form in which equal ones are equal: without those that are empty, and with
// lengths of time by version.
func plainCells(cells []store.FigureCell) map[string]any {
	plain := map[string]any{}
	lengths := map[string]map[int64]int64{}
	for i := range cells {
		c := cells[i]
		for name, s := range map[string]store.Spread{"completion": c.Completion, "excess": c.Excess, "lateness": c.Lateness} {
			key := fmt.Sprintf("%s of version %d", name, c.Version)
			for _, l := range s {
				if lengths[key] == nil {
					lengths[key] = map[int64]int64{}
				}
				lengths[key][l.Ms] += l.N
			}
		}
		c.Completion, c.Excess, c.Lateness = nil, nil, nil
		if c.Enrolled > 0 {
			plain[fmt.Sprintf("day %d of version %d", c.Day, c.Version)] = c
		}
	}
	for key, of := range lengths {
		plain[key] = of
	}
	return plain
}
