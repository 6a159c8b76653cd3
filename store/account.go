package store

import (
	"errors"
	"time"
)

// Account holds the settings of the installation; there is exactly one.
type Account struct {
	Name     string
	Timezone string // IANA name
	Currency string // ISO 4217
	// HourlyCost is money per hour in Currency, for the figure "saved".
	HourlyCost     float64
	DefaultConsent string // subscribed | none
	MailFrom       string
	FrequencyCap   JSON
	UpdatedAt      time.Time
}

type accountRow struct {
	ID      string `gorm:"primaryKey"`
	Account `gorm:"embedded"`
}

// TableName is GORM's way to ask for the table.
func (accountRow) TableName() string { return "accounts" }

const accountID = "account"

// Account returns the settings, or ErrNotFound before the first SaveAccount.
func (tx *Tx) Account() (*Account, error) {
	row, err := first[accountRow](tx, "id = ?", accountID)
	if err != nil {
		return nil, err
	}
	return &row.Account, nil
}

// SaveAccount writes all settings.
func (tx *Tx) SaveAccount(a *Account) error {
	a.UpdatedAt = wallClock()
	return tx.upsert(&accountRow{ID: accountID, Account: *a}, "id")
}

type meta struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

// TableName is GORM's way to ask for the table.
func (meta) TableName() string { return "meta" }

// Meta returns the value under key, or "" when it was never set. Keys are facts about the
// installation such as interpreter_active.
func (tx *Tx) Meta(key string) (string, error) {
	row, err := first[meta](tx, "key = ?", key)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.Value, nil
}

// SetMeta sets the value under key.
func (tx *Tx) SetMeta(key, value string) error {
	return tx.upsert(&meta{Key: key, Value: value}, "key")
}

// NextRoundRobin counts the calls for key and returns 0, 1, … n-1, 0, … in turn. n must be positive.
func (tx *Tx) NextRoundRobin(key string, n int) (int, error) {
	if !tx.write {
		return 0, ErrReadOnly
	}
	var count int64
	_, err := tx.scan(&count, `INSERT INTO counters (key, value) VALUES (?, 1)
		ON CONFLICT (key) DO UPDATE SET value = counters.value + 1 RETURNING value`, key)
	if err != nil {
		return 0, err
	}
	return int((count - 1) % int64(n)), nil
}

// Worker is one process that runs enrollments.
type Worker struct {
	ID string `gorm:"primaryKey"`
	// Version is the newest interpreter version that this worker can run.
	Version int
	// Level says what else its build can do, see LevelMoves; 0 of builds that do not say.
	Level    int
	LastSeen time.Time
}

// Levels of what the build of a worker can do, each including those below.
const (
	// LevelMoves: it carries enrollments from one version to another.
	LevelMoves = 1
)

// AnnounceWorker records that a worker lives and what it can run; LastSeen is set by the
// database's clock.
func (tx *Tx) AnnounceWorker(id string, version, level int) error {
	_, err := tx.exec(`INSERT INTO workers (id, version, level, last_seen) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, level = excluded.level, last_seen = excluded.last_seen`,
		id, version, level, tx.clock(0))
	return err
}

// LiveWorkers lists the workers that announced themselves at or after since.
func (tx *Tx) LiveWorkers(since time.Time) ([]Worker, error) {
	return all[Worker](tx, "WHERE last_seen >= ? ORDER BY id", since)
}

// OldWorker returns a worker that announced itself at or after since and whose build is below a level; ""
// when there is none.
func (tx *Tx) OldWorker(since time.Time, level int) (string, error) {
	id := ""
	_, err := tx.scan(&id, "SELECT id FROM workers WHERE last_seen >= ? AND level < ? ORDER BY id LIMIT 1", since, level)
	return id, err
}

// RetireWorker forgets a worker that stopped on purpose.
func (tx *Tx) RetireWorker(id string) error {
	_, err := tx.exec("DELETE FROM workers WHERE id = ?", id)
	return err
}
