package events

import (
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
)

// JobMigrate is the kind of job that sends the people inside a workflow to another version.
const JobMigrate = "migrate"

// MigrateParams are the parameters of a JobMigrate. Move is the row with the terms, Version where it
// leads, for those who look at the job. Spread is the pace of those whom the change lets go on at
// once, "" when they go with the others.
type MigrateParams struct {
	Move    string `json:"move"`
	Version int    `json:"version"`
	Spread  string `json:"spread,omitempty"`
}

// Words in the counts of a JobMigrate, beside failed and exited.
const (
	CountMoved  = "moved"   // sent to the new version
	CountStayed = "stayed"  // their node is gone, and they stay where they are
	CountPutOff = "put_off" // their turn comes at the pace of the spread
)

// putOff begins the cursor of a job that is through with everybody but those who were put off.
const putOff = "put off:"

// migrateJob goes through everybody once, and puts off those who are to leave at a pace; then it goes
// through those, in the same order. Whoever is sent is not found again, so the work is done once
// wherever it is taken up.
type migrateJob struct{ definitions *Definitions }

func (*migrateJob) Name() string { return JobMigrate }

func (k *migrateJob) Batch(tx *store.Tx, b *JobBatch) error {
	if err := awaitMovers(tx); err != nil {
		return err
	}
	m, err := k.open(tx, b)
	if err != nil {
		return err
	}
	if !m.second {
		if err := m.first(); err != nil {
			return err
		}
	} else if err := m.putOff(); err != nil {
		return err
	}
	if !b.Finished {
		return nil
	}
	return b.audit(tx, "workflow.migrated")
}

// migration is one batch of a JobMigrate.
type migration struct {
	tx     *store.Tx
	b      *JobBatch
	move   *store.Move
	survey *Survey
	pace   *definition.Rate // nil when nobody is put off
	second bool             // only those who were put off are left
	after  string
}

func (k *migrateJob) open(tx *store.Tx, b *JobBatch) (*migration, error) {
	var p MigrateParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return nil, fmt.Errorf("read parameters: %w", err)
	}
	m := &migration{tx: tx, b: b}
	var err error
	if m.move, err = tx.Move(p.Move); err != nil {
		return nil, fmt.Errorf("read move %s: %w", p.Move, err)
	}
	terms, err := Terms(m.move)
	if err != nil {
		return nil, err
	}
	next, err := k.definitions.Load(tx, m.move.Hash)
	if err != nil {
		return nil, err
	}
	if p.Spread != "" {
		pace, err := definition.ParseRate(p.Spread)
		if err != nil {
			return nil, err
		}
		m.pace = &pace
	}
	m.survey = &Survey{
		Workflow: m.move.Workflow, Definitions: k.definitions, Now: b.Now, Next: next,
		Hash: m.move.Hash, Version: m.move.Version, Terms: terms,
	}
	m.after, m.second = strings.CutPrefix(b.Job.Cursor, putOff)
	return m, nil
}

func (m *migration) people(limit int) ([]store.Inside, error) {
	list, err := m.tx.PeopleInside(store.InsideFilter{Workflow: m.move.Workflow, After: m.after, Below: m.move.Version, NotMove: m.move.ID}, limit)
	if err != nil {
		return nil, fmt.Errorf("read who is inside: %w", err)
	}
	return list, nil
}

// first sends everybody but those who are put off.
func (m *migration) first() error {
	b := m.b
	people, err := m.people(b.Max)
	if err != nil {
		return err
	}
	var send []store.Inside
	for i := range people {
		p := &people[i]
		would, err := m.survey.look(m.tx, p)
		if err != nil {
			return err
		}
		b.Job.Cursor = p.Enrollment.ID
		switch {
		case would.Way == moving.Stay:
			b.Count(CountStayed, 1)
			b.Done++
		case would.Fires && m.pace != nil:
			b.Count(CountPutOff, 1)
		default:
			send = append(send, *p)
		}
	}
	if err := m.send(send); err != nil {
		return err
	}
	if len(people) == b.Max {
		return nil
	}
	counts, err := b.tally()
	if err != nil {
		return err
	}
	if counts[CountPutOff] > 0 {
		b.Job.Cursor = putOff
		return nil
	}
	b.finish()
	return nil
}

// putOff sends the next of those who were put off.
func (m *migration) putOff() error {
	b, interval := m.b, m.pace.Interval()
	turns := min(b.Max, max(1, int(jobPiece/interval)))
	people, err := m.people(surveyPage)
	if err != nil {
		return err
	}
	var send []store.Inside
	seen := 0
	for i := range people {
		if len(send) == turns {
			break
		}
		p := &people[i]
		would, err := m.survey.look(m.tx, p)
		if err != nil {
			return err
		}
		if b.Job.Cursor, seen = putOff+p.Enrollment.ID, seen+1; would.Way != moving.Stay {
			send = append(send, *p)
		}
	}
	b.Rest = time.Duration(len(send)) * interval
	if err := m.send(send); err != nil {
		return err
	}
	if seen == len(people) && len(people) < surveyPage {
		b.finish()
	}
	return nil
}

// send marks people, each under its lock; the run of each obeys at its next safe point.
func (m *migration) send(people []store.Inside) error {
	b := m.b
	byContact(people)
	for i := range people {
		err := b.piece(m.tx, people[i].Enrollment.ID, func(id string) error {
			marked, err := MarkMove(m.tx, id, m.move, true)
			if err == nil && marked {
				b.Count(CountMoved, 1)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	b.Done += len(people)
	b.Spent += len(people)
	return nil
}

// AddMove keeps what a publish says about the people whom it moves.
func AddMove(tx *store.Tx, m *store.Move, terms moving.Terms) error {
	encoded, err := store.ToJSON(terms.Map)
	if err != nil {
		return err
	}
	if m.Map, m.OnMissing, m.Retime = encoded, terms.OnMissing, terms.Retime; terms.Map == nil {
		m.Map = store.JSON("{}")
	}
	return tx.AddMove(m)
}
