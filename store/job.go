package store

import (
	"time"
)

// Status of a Job. The first two are open: a runner works on them, or will.
const (
	JobQueued   = "queued"
	JobRunning  = "running"
	JobDone     = "done"
	JobFailed   = "failed"
	JobCanceled = "canceled"
)

// MaxJobErrors is how many errors of one job are kept; Job.Errors counts them all.
const MaxJobErrors = 1000

// Job is long work that is carried out in batches, each in one transaction with what it does.
type Job struct {
	ID         string `gorm:"primaryKey"`
	Kind       string
	Subject    string // what it is about: the key of a workflow, or ""
	Params     JSON
	Status     string
	Total      *int // pieces of work, nil while nobody knows
	Done       int  // of Total
	Counts     JSON // {verdict: n}; never null
	Errors     int  // also those that are not kept
	Cursor     string
	Rate       string // "100/1m"; "" is the default of the runner
	NotBefore  time.Time
	LeaseUntil *time.Time
	Token      string // of the claim; "" when free
	Tries      int    // failures of the batch that comes next
	Error      string
	Person     string
	CreatedAt  time.Time
	StartedAt  *time.Time
	EndedAt    *time.Time
}

// Open reports whether there is work left that nobody called off.
func (j *Job) Open() bool { return j.Status == JobQueued || j.Status == JobRunning }

// JobError is one piece of work that failed while the job went on. Line is a row of a file, counted
// from 1, or 0; Subject is an id, or ""; Field is a column or field, or "".
type JobError struct {
	JobID   string `gorm:"primaryKey"`
	N       int    `gorm:"primaryKey;autoIncrement:false"` // from 1, in the order of the work
	Line    int
	Subject string
	Field   string
	Message string
}

// JobFilter selects jobs; empty fields select all.
type JobFilter struct{ Kind, Status, Subject string }

// CreateJob adds a queued job that nobody takes up before NotBefore (zero: at once). Payload, which
// may be nil, is kept until the job ends.
func (tx *Tx) CreateJob(j *Job, payload []byte) error {
	if j.ID == "" {
		j.ID = NewID("job")
	}
	if len(j.Counts) == 0 {
		j.Counts = JSON("{}")
	}
	if j.Status = JobQueued; j.NotBefore.IsZero() {
		j.NotBefore = tx.Now()
	}
	if err := tx.insert(j); err != nil || payload == nil {
		return err
	}
	for n := 0; n == 0 || n*payloadPiece < len(payload); n++ {
		piece := payload[n*payloadPiece : min(len(payload), (n+1)*payloadPiece)]
		if _, err := tx.exec("INSERT INTO job_payloads (job_id, n, piece) VALUES (?, ?, ?)", j.ID, n, piece); err != nil {
			return err
		}
	}
	return nil
}

// payloadPiece is how many bytes of a payload are one row: a batch reads what it needs and no more,
// and a job that moves on does not write its payload again.
const payloadPiece = 128 << 10

// Job returns one job.
func (tx *Tx) Job(id string) (*Job, error) { return first[Job](tx, "id = ?", id) }

// ListJobs lists jobs, newest first.
func (tx *Tx) ListJobs(f JobFilter, page Page) ([]Job, string, error) {
	q := newestFirst(page)
	q.equal("kind", f.Kind)
	q.equal("status", f.Status)
	q.equal("subject", f.Subject)
	return listByID(tx, q, func(j *Job) string { return j.ID })
}

// JobPayload returns at most length bytes of a job's payload from offset on; none behind its end.
func (tx *Tx) JobPayload(id string, offset, length int) ([]byte, error) {
	first := offset / payloadPiece
	rows := []struct{ Piece []byte }{}
	found, err := tx.scan(&rows, "SELECT piece FROM job_payloads WHERE job_id = ? AND (n = 0 OR n BETWEEN ? AND ?) ORDER BY n",
		id, first, (offset+length)/payloadPiece)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if first > 0 {
		rows = rows[1:] // the first piece only tells that there is a payload
	}
	var data []byte
	for _, row := range rows {
		data = append(data, row.Piece...)
	}
	from := min(len(data), offset-first*payloadPiece)
	return data[from:min(len(data), from+length)], nil
}

func (tx *Tx) dropPayload(id string) error {
	_, err := tx.exec("DELETE FROM job_payloads WHERE job_id = ?", id)
	return err
}

// ClaimJobs claims up to n open jobs of these kinds for the time of the lease, the longest ready
// first, and returns their ids. Those that somebody else is claiming are passed over.
func (tx *Tx) ClaimJobs(kinds []string, n int, token string, lease time.Duration) ([]string, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	ids := []string{}
	_, err := tx.scan(&ids, `WITH free AS MATERIALIZED (
			SELECT id FROM jobs
			WHERE ended_at IS NULL AND not_before <= ? AND (lease_until IS NULL OR lease_until <= ?) AND kind IN ?
			ORDER BY not_before LIMIT ?`+tx.rowLock(" SKIP LOCKED")+`)
		UPDATE jobs SET token = ?, lease_until = ?, status = 'running', started_at = COALESCE(started_at, ?)
		WHERE id IN (SELECT id FROM free) RETURNING id`,
		tx.stable(), tx.stable(), kinds, n, token, tx.clock(lease), tx.clock(0))
	return ids, err
}

// AdvanceJob records a batch and ends the claim that carried it out: status, total, done, counts, errors,
// cursor, error, not_before and ended_at of j, which holds the token of that claim. It reports false
// when the claim no longer stands; the batch must then be rolled back. Once it has returned true,
// nobody else can cancel or claim the job before the transaction ends.
func (tx *Tx) AdvanceJob(j *Job) (bool, error) {
	n, err := tx.exec(`UPDATE jobs SET status = ?, total = ?, done = ?, counts = ?, errors = ?, "cursor" = ?, error = ?, not_before = ?,
			ended_at = ?, tries = 0, token = '', lease_until = NULL
		WHERE id = ? AND token = ? AND ended_at IS NULL`,
		j.Status, j.Total, j.Done, j.Counts, j.Errors, j.Cursor, j.Error, j.NotBefore, j.EndedAt, j.ID, j.Token)
	if err == nil && n > 0 && !j.Open() {
		err = tx.dropPayload(j.ID)
	}
	return n > 0, err
}

// RetryJob ends a claim after an error; the job is offered again at notBefore (database clock). The
// try counts unless the error was none of the job's own. It reports false when the claim no longer
// stands.
func (tx *Tx) RetryJob(id, token, message string, counts bool, notBefore time.Time) (bool, error) {
	tries := 0
	if counts {
		tries = 1
	}
	n, err := tx.exec(`UPDATE jobs SET token = '', lease_until = NULL, tries = tries + ?, error = ?, not_before = ?
		WHERE id = ? AND token = ? AND ended_at IS NULL`, tries, message, notBefore, id, token)
	return n > 0, err
}

// EndJob ends an open job: what its batches have done stays, the batch under way is rolled back. It
// reports false when the job has ended already.
func (tx *Tx) EndJob(id, status, message string, at time.Time) (bool, error) {
	n, err := tx.exec(`UPDATE jobs SET status = ?, error = ?, ended_at = ?, token = '', lease_until = NULL
		WHERE id = ? AND ended_at IS NULL`, status, message, at, id)
	if err == nil && n > 0 {
		err = tx.dropPayload(id)
	}
	return n > 0, err
}

// AddJobErrors keeps errors of a job that has had `before` so far; those beyond MaxJobErrors are
// dropped.
func (tx *Tx) AddJobErrors(job string, before int, list []JobError) error {
	rows := make([]JobError, 0, len(list))
	for i, e := range list {
		if e.JobID, e.N = job, before+i+1; e.N <= MaxJobErrors {
			rows = append(rows, e)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.insertNew(&rows)
	return err
}

// JobErrors lists the kept errors of a job in the order of the work.
func (tx *Tx) JobErrors(job string, page Page) ([]JobError, string, error) {
	position, err := page.position(1)
	if err != nil {
		return nil, "", err
	}
	after := int64(0)
	if position != nil {
		if after, err = parseInt(position[0]); err != nil {
			return nil, "", ErrCursor
		}
	}
	limit := page.limit()
	rows, err := all[JobError](tx, "WHERE job_id = ? AND n > ? ORDER BY n LIMIT ?", job, after, limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(e *JobError) []string { return []string{formatInt(int64(e.N))} })
	return rows, next, nil
}
