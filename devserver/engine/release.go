package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	sqliteschema "go.temporal.io/server/schema/sqlite"
)

const (
	databaseFile = "temporal.db"
	releaseFile  = "temporal.version.json"
)

// release says which server wrote a database. Temporal does not promise that a SQLite file
// survives a change of the server's version, and ships no migrations for it.
type release struct {
	Server string `json:"server"`
	Schema string `json:"schema"`
}

func currentRelease() release {
	return release{Server: Version, Schema: sqliteschema.Version + "/" + sqliteschema.VisibilityVersion}
}

// checkFiles compares the files in dir with the release at hand. Files of another server with the
// same schema are copied aside, announced and used; files with another schema are copied aside
// and refused, because the server would fail on them in the middle of somebody's work.
func checkFiles(dir string, now release, notice func(string)) error {
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	was, err := readRelease(dir)
	if err != nil {
		return err
	}
	if was == now {
		return nil
	}
	backup, err := backUp(dir, was)
	if err != nil {
		return err
	}
	if was.Schema != now.Schema {
		return fmt.Errorf("open %s: it was written by Temporal %s (schema %s), this program carries %s (schema %s); "+
			"start the program that wrote it, or move the file away to begin with an empty Temporal (a copy is in %s)",
			filepath.Join(dir, databaseFile), was.Server, was.Schema, now.Server, now.Schema, backup)
	}
	notice(fmt.Sprintf("Temporal's database was written by version %s, this is %s: the file is used, a copy of it is kept in %s.",
		was.Server, now.Server, backup))
	return writeRelease(dir, now)
}

// readRelease returns the note beside the database; a database without one is of an unknown release.
func readRelease(dir string) (release, error) {
	data, err := os.ReadFile(filepath.Join(dir, releaseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return release{Server: "unknown", Schema: "unknown"}, nil
	}
	if err != nil {
		return release{}, fmt.Errorf("read version note: %w", err)
	}
	var r release
	if err := json.Unmarshal(data, &r); err != nil {
		return release{}, fmt.Errorf("read version note %s: %w", filepath.Join(dir, releaseFile), err)
	}
	return r, nil
}

func writeRelease(dir string, r release) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write version note: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, releaseFile), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write version note: %w", err)
	}
	return nil
}

// backUp copies the database with its write-ahead log into a folder named after the release. A copy
// that is already there is the older one and stays. The caller owns the directory, so nobody writes.
func backUp(dir string, was release) (string, error) {
	target := filepath.Join(dir, "temporal-"+filepath.Base(was.Server)+".bak")
	if err := os.Mkdir(target, 0o700); errors.Is(err, fs.ErrExist) {
		return target, nil
	} else if err != nil {
		return "", fmt.Errorf("create backup: %w", err)
	}
	for _, name := range []string{databaseFile, databaseFile + "-wal", releaseFile} {
		if err := copyFile(filepath.Join(target, name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", errors.Join(fmt.Errorf("back up %s: %w", name, err), os.RemoveAll(target))
		}
	}
	return target, nil
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}
