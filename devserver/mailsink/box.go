package mailsink

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the driver of the box
)

// schema keeps the readable mail as JSON beside its source, and the recipients by which it is found.
const schema = `
CREATE TABLE IF NOT EXISTS mails (id TEXT PRIMARY KEY, mail TEXT NOT NULL, source BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS recipients (
	address TEXT NOT NULL, mail TEXT NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
	PRIMARY KEY (address, mail)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number TEXT NOT NULL, text TEXT NOT NULL);`

// pragmas: FULL makes the commit before the 250 survive a power cut.
const pragmas = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate"

// errNoMail says that an id is unknown.
var errNoMail = errors.New("no such mail")

// box is the file of mails.
type box struct{ db *sql.DB }

func openBox(ctx context.Context, file string) (*box, error) {
	db, err := sql.Open("sqlite", "file:"+file+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open mail box %s: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open mail box %s: %w", file, err), db.Close())
	}
	return &box{db: db}, nil
}

func (b *box) close() error { return b.db.Close() }

// add stores m and its recipients in one transaction.
func (b *box) add(ctx context.Context, m *Mail) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode mail: %w", err)
	}
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `INSERT INTO mails (id, mail, source) VALUES (?, ?, ?)`, m.ID, string(data), m.raw); err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	for _, to := range m.To {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO recipients (address, mail) VALUES (?, ?)`, to, m.ID); err != nil {
			return fmt.Errorf("store recipient: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	return nil
}

// list returns up to limit mails to the address (all when empty), newest first, older than the id
// before (all when empty).
func (b *box) list(ctx context.Context, to, before string, limit int) ([]json.RawMessage, error) {
	query, args := `SELECT mail FROM mails WHERE (? = '' OR id < ?)`, []any{before, before}
	if to != "" {
		query += ` AND id IN (SELECT mail FROM recipients WHERE address = ?)`
		args = append(args, strings.ToLower(to))
	}
	rows, err := b.db.QueryContext(ctx, query+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list mails: %w", err)
	}
	defer func() { _ = rows.Close() }()
	items := []json.RawMessage{}
	for rows.Next() {
		var mail string
		if err := rows.Scan(&mail); err != nil {
			return nil, fmt.Errorf("list mails: %w", err)
		}
		items = append(items, json.RawMessage(mail))
	}
	return items, rows.Err()
}

// source returns a mail as it came over the wire, or errNoMail.
func (b *box) source(ctx context.Context, id string) ([]byte, error) {
	var raw []byte
	err := b.db.QueryRowContext(ctx, `SELECT source FROM mails WHERE id = ?`, id).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoMail
	}
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return raw, nil
}

// erase deletes the mails to the addresses, and those that hold one of the texts.
func (b *box) erase(ctx context.Context, addresses, texts []string) error {
	for _, address := range addresses {
		if err := b.remove(ctx, address); err != nil {
			return err
		}
	}
	for _, text := range append(append([]string{}, addresses...), texts...) {
		if _, err := b.db.ExecContext(ctx, `DELETE FROM mails WHERE instr(lower(mail), ?) > 0`, strings.ToLower(text)); err != nil {
			return fmt.Errorf("delete mails: %w", err)
		}
	}
	return b.eraseTexts(ctx, addresses)
}

// remove deletes the mails to the address, or all when it is empty.
func (b *box) remove(ctx context.Context, to string) error {
	query, args := `DELETE FROM mails`, []any{}
	if to != "" {
		query += ` WHERE id IN (SELECT mail FROM recipients WHERE address = ?)`
		args = append(args, strings.ToLower(to))
	}
	if _, err := b.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("delete mails: %w", err)
	}
	return nil
}
