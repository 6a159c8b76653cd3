package harness

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Backup is a copy of everything that a Temporal server had kept at one moment.
type Backup struct {
	of  *Temporal
	dir string
}

// Backup ends the process, copies everything that it keeps, and starts it again.
func (s *Temporal) Backup() (*Backup, error) {
	s.Kill()
	b := &Backup{of: s, dir: s.dir + "-backup"}
	err := os.CopyFS(b.dir, os.DirFS(s.dir))
	if err == nil && s.database() != "" {
		err = eachDatabase(s.database(), func(name string) []string {
			return []string{fmt.Sprintf("CREATE DATABASE %s_backup TEMPLATE %s", name, name)}
		})
	}
	if err != nil {
		return nil, err
	}
	return b, s.Start()
}

// Restore ends the process and starts it again on the copy: whatever it did since is gone.
func (b *Backup) Restore() error {
	b.of.Kill()
	if err := os.RemoveAll(b.of.dir); err != nil {
		return err
	}
	if err := os.CopyFS(b.of.dir, os.DirFS(filepath.Clean(b.dir))); err != nil {
		return err
	}
	if database := b.of.database(); database != "" {
		err := eachDatabase(database, func(name string) []string {
			return []string{fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name), fmt.Sprintf("ALTER DATABASE %s_backup RENAME TO %s", name, name)}
		})
		if err != nil {
			return err
		}
	}
	return b.of.Start()
}

// database is the URL of the server's PostgreSQL database, "" when it keeps files.
func (s *Temporal) database() string {
	for _, setting := range s.env {
		if value, found := strings.CutPrefix(setting, "FERMATA_TEMPORAL_DATABASE_URL="); found {
			return value
		}
	}
	return ""
}

// eachDatabase runs statements for both databases of a Temporal server, connected to
// neither of them.
func eachDatabase(main string, statements func(name string) []string) error {
	u, err := url.Parse(main)
	if err != nil {
		return err
	}
	name := u.Path[1:]
	u.Path = "/postgres"
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, one := range []string{name, name + "_visibility"} {
		if _, err := db.ExecContext(context.Background(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", one); err != nil {
			return err
		}
		for _, statement := range statements(one) {
			if _, err := db.ExecContext(context.Background(), statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	return nil
}
