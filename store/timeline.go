package store

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Kinds of a Moment, in the order in which things of the same instant follow from each other.
const (
	MomentEvent   = "event"
	MomentStarted = "enrollment_started"
	MomentStep    = "step"
	MomentSend    = "send"
	MomentEnded   = "enrollment_ended"
)

// Moment is one thing that happened to a contact. What it is about is set by Kind: Event,
// Enrollment (started, ended, and of a step), Step, Send.
type Moment struct {
	At         time.Time
	Kind       string
	Event      *Event
	Enrollment *Enrollment
	Step       *Step
	Send       *Send
}

// place is where a page goes on: behind the moment of a source at an instant. tie tells apart what
// one source has at one instant.
type place struct {
	at   time.Time
	rank int
	tie  []any
}

// source is one table of the timeline: where its rows are, the column of their instant, and the
// columns that tell apart rows of one instant.
type source struct {
	rank int
	kind string
	from string
	at   string
	ties []string
	read func(tx *Tx, tail string, args []any) ([]Moment, [][]string, error)
}

var timelineSources = []source{
	{1, MomentEvent, "contact_id IN ?", "accepted_at", []string{"seq"}, readEvents},
	{2, MomentStarted, "contact_id IN ?", "started_at", []string{"id"}, readStarted},
	{3, MomentStep, "enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)", "entered_at", []string{"enrollment_id", "seq"}, readSteps},
	{4, MomentSend, "contact_id IN ?", "created_at", []string{"id"}, readSends},
	{5, MomentEnded, "ended_at IS NOT NULL AND contact_id IN ?", "ended_at", []string{"id"}, readEnded},
}

// Timeline lists what happened to a contact, newest first: its events, and the starts, steps, sends
// and ends of its enrollments.
func (tx *Tx) Timeline(contactID string, page Page) ([]Moment, string, error) {
	from, err := timelinePlace(page)
	if err != nil {
		return nil, "", err
	}
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, "", err
	}
	limit := page.limit()
	type found struct {
		moment Moment
		rank   int
		tie    []string
	}
	var list []found
	for _, s := range timelineSources {
		tail, args := s.page(ids, from, limit+1)
		moments, ties, err := s.read(tx, tail, args)
		if err != nil {
			return nil, "", fmt.Errorf("read timeline: %w", err)
		}
		for i := range moments {
			moments[i].Kind = s.kind
			list = append(list, found{moments[i], s.rank, ties[i]})
		}
	}
	// Stable, because each source has put its own rows of one instant in order.
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return a.moment.At.After(b.moment.At) || a.moment.At.Equal(b.moment.At) && a.rank > b.rank
	})
	list, next := cut(list, limit, func(f *found) []string {
		tie := append(append([]string{}, f.tie...), "")[:2]
		return append([]string{f.moment.At.UTC().Format(time.RFC3339Nano), formatInt(int64(f.rank))}, tie...)
	})
	moments := make([]Moment, len(list))
	for i := range list {
		moments[i] = list[i].moment
	}
	return moments, next, tx.stepEnrollments(moments)
}

// timelinePlace reads a cursor; nil without one.
func timelinePlace(page Page) (*place, error) {
	position, err := page.position(4)
	if err != nil || position == nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, position[0])
	if err != nil {
		return nil, ErrCursor
	}
	rank, err := parseInt(position[1])
	if err != nil || rank < 1 || int(rank) > len(timelineSources) {
		return nil, ErrCursor
	}
	p := &place{at: at, rank: int(rank)}
	for i, column := range timelineSources[rank-1].ties {
		if column != "seq" {
			p.tie = append(p.tie, position[2+i])
			continue
		}
		seq, err := parseInt(position[2+i])
		if err != nil {
			return nil, ErrCursor
		}
		p.tie = append(p.tie, seq)
	}
	return p, nil
}

// page is the SQL behind FROM that selects a source's part of a page.
func (s source) page(contactIDs []string, from *place, limit int) (string, []any) {
	columns := append([]string{s.at}, s.ties...)
	where, args := "WHERE "+s.from, []any{contactIDs}
	switch {
	case from == nil:
	case s.rank < from.rank:
		where, args = where+" AND "+s.at+" <= ?", append(args, from.at)
	case s.rank > from.rank:
		where, args = where+" AND "+s.at+" < ?", append(args, from.at)
	default:
		marks := strings.Repeat(", ?", len(columns))[2:]
		where += " AND (" + strings.Join(columns, ", ") + ") < (" + marks + ")"
		args = append(append(args, from.at), from.tie...)
	}
	return where + " ORDER BY " + strings.Join(columns, " DESC, ") + " DESC LIMIT ?", append(args, limit)
}

// moments reads rows of a source.
func moments[T any](tx *Tx, tail string, args []any, moment func(*T) (Moment, []string)) ([]Moment, [][]string, error) {
	rows, err := all[T](tx, tail, args...)
	list, ties := make([]Moment, len(rows)), make([][]string, len(rows))
	for i := range rows {
		list[i], ties[i] = moment(&rows[i])
	}
	return list, ties, err
}

func readEvents(tx *Tx, tail string, args []any) ([]Moment, [][]string, error) {
	return moments(tx, tail, args, func(e *Event) (Moment, []string) {
		return Moment{At: e.AcceptedAt, Event: e}, []string{formatInt(e.Seq)}
	})
}

func readStarted(tx *Tx, tail string, args []any) ([]Moment, [][]string, error) {
	return moments(tx, tail, args, func(e *Enrollment) (Moment, []string) {
		return Moment{At: e.StartedAt, Enrollment: e}, []string{e.ID}
	})
}

func readEnded(tx *Tx, tail string, args []any) ([]Moment, [][]string, error) {
	return moments(tx, tail, args, func(e *Enrollment) (Moment, []string) {
		return Moment{At: *e.EndedAt, Enrollment: e}, []string{e.ID}
	})
}

func readSteps(tx *Tx, tail string, args []any) ([]Moment, [][]string, error) {
	return moments(tx, tail, args, func(s *Step) (Moment, []string) {
		return Moment{At: s.EnteredAt, Step: s}, []string{s.EnrollmentID, formatInt(int64(s.Seq))}
	})
}

func readSends(tx *Tx, tail string, args []any) ([]Moment, [][]string, error) {
	return moments(tx, tail, args, func(s *Send) (Moment, []string) {
		return Moment{At: s.CreatedAt, Send: s}, []string{s.ID}
	})
}

// stepEnrollments adds to the moments of steps the enrollments that they belong to.
func (tx *Tx) stepEnrollments(list []Moment) error {
	var ids []string
	for i := range list {
		if list[i].Step != nil {
			ids = append(ids, list[i].Step.EnrollmentID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := all[Enrollment](tx, "WHERE id IN ?", ids)
	if err != nil {
		return fmt.Errorf("read enrollments: %w", err)
	}
	for i := range list {
		for j := range rows {
			if list[i].Step != nil && rows[j].ID == list[i].Step.EnrollmentID {
				list[i].Enrollment = &rows[j]
			}
		}
	}
	return nil
}
