package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// JobBacktest is the kind of job that carries past events through a definition, effects stubbed.
const JobBacktest = "backtest"

const (
	// backtestContacts is how many contacts a batch looks at, at most.
	backtestContacts = 200
	// backtestPiece is about how long a batch looks.
	backtestPiece = time.Second
	// MaxBacktest is the longest range of a backtest.
	MaxBacktest = 400 * 24 * time.Hour
	// backtestRate is shown with the job; looking is not paced.
	backtestRate = "10000/1s"
)

// NewBacktest describes a backtest. Version is 0 for a draft; the definition of Hash is stored.
type NewBacktest struct {
	Workflow, Hash string
	Version        int
	From, To       time.Time
	Person         string
	Now            time.Time
}

// backtestParams are the parameters of a JobBacktest. Until is the last contact that it looks at.
type backtestParams struct {
	Version int       `json:"version"`
	Hash    string    `json:"hash"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Until   string    `json:"until"`
}

// StartBacktest queues a backtest in tx. The id of its row is that of the job.
func StartBacktest(tx *store.Tx, in NewBacktest) (*store.Job, error) {
	total, last, err := tx.ContactsNow()
	if err != nil {
		return nil, fmt.Errorf("count contacts: %w", err)
	}
	job, err := StartJob(tx, NewJob{
		Kind: JobBacktest, Subject: in.Workflow, Rate: backtestRate, Person: in.Person, Total: &total, Now: in.Now,
		Params: backtestParams{Version: in.Version, Hash: in.Hash, From: in.From, To: in.To, Until: last},
	})
	if err != nil {
		return nil, err
	}
	err = tx.CreateBacktest(&store.Backtest{
		ID: job.ID, Workflow: in.Workflow, Version: in.Version, Hash: in.Hash, FromAt: in.From, ToAt: in.To,
		Person: in.Person, CreatedAt: in.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("write backtest: %w", err)
	}
	return job, nil
}

type backtestJob struct{ definitions *Definitions }

func (*backtestJob) Name() string { return JobBacktest }

// backtestSight is what a look at the next contacts found.
type backtestSight struct {
	cursor string
	looked int
	end    bool
	tally  *tallied
	failed []store.JobError
}

// Look carries the events of the next contacts through the definition.
func (k *backtestJob) Look(tx *store.Tx, j *store.Job) (any, error) {
	var p backtestParams
	if err := j.Params.Decode(&p); err != nil {
		return nil, fmt.Errorf("read parameters: %w", err)
	}
	def, err := k.definitions.Load(tx, p.Hash)
	if err != nil {
		return nil, err
	}
	contacts, err := tx.ContactsBetween(j.Cursor, p.Until, backtestContacts)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	w, err := newWalk(tx, k.definitions, def, j.Subject, p)
	if err != nil {
		return nil, err
	}
	if err := w.read(contacts); err != nil {
		return nil, err
	}
	found := &backtestSight{cursor: j.Cursor, tally: w.tally, end: len(contacts) < backtestContacts}
	began := time.Now()
	for i := range contacts {
		if i > 0 && time.Since(began) > backtestPiece {
			found.end = false
			break
		}
		if err := w.contact(&contacts[i]); err != nil {
			if store.IsTransient(err) {
				return nil, err
			}
			found.failed = append(found.failed, store.JobError{Subject: contacts[i].ID, Message: brief(err)})
		}
		found.cursor, found.looked = contacts[i].ID, i+1
	}
	w.tally.Took += time.Since(began)
	return found, nil
}

// Batch adds what was found to what was counted before.
func (k *backtestJob) Batch(tx *store.Tx, b *JobBatch) error {
	found, ok := b.Looked.(*backtestSight)
	if !ok {
		return errors.New("carry out backtest: nothing was looked at")
	}
	row, err := tx.Backtest(b.Job.ID)
	if errors.Is(err, store.ErrNotFound) {
		return &StopError{Reason: "the backtest is not there any more"}
	}
	if err != nil {
		return fmt.Errorf("read backtest: %w", err)
	}
	sum := newTally()
	if err := row.Tally.Decode(sum); err != nil {
		return fmt.Errorf("read tally: %w", err)
	}
	sum.add(found.tally)
	encoded, err := store.ToJSON(sum)
	if err != nil {
		return err
	}
	if err := tx.SetTally(row.ID, encoded); err != nil {
		return fmt.Errorf("write tally: %w", err)
	}
	b.Count("events", found.tally.Events)
	b.Count("entered", found.tally.Entered)
	for _, failed := range found.failed {
		b.Count(CountFailed, 1)
		b.Fail(failed)
	}
	b.Job.Cursor, b.Done, b.Finished = found.cursor, found.looked, found.end
	if b.Finished { // contacts may have gone meanwhile
		total := b.Job.Done + b.Done
		b.Job.Total = &total
	}
	return nil
}

// heeded are the types of events that a passage itself reacts to.
func heeded(def *definition.Definition) map[string]bool {
	types := map[string]bool{}
	for _, t := range def.EventTypes() {
		types[t] = true
	}
	if def.Settings.OnRepeat == definition.RepeatUpdate {
		return types
	}
	named := map[string]bool{}
	for _, exit := range def.Exits {
		named[exit.Event] = true
	}
	for t := range awaited(def) {
		named[t] = true
	}
	return named
}
