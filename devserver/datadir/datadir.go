// Package datadir takes possession of the directory in which a development server keeps everything.
// It must never let two processes use one directory: both of its databases would be damaged.
package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Dir is a directory that belongs to this process until Close or the end of the process.
type Dir struct {
	path string
	lock *os.File
}

// Open creates path (mode 0700) when absent and locks it. When another process holds the lock, the
// error names that process and the setting.
func Open(path string) (*Dir, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open data directory %s: %w", path, err)
	}
	if err := os.MkdirAll(absolute, 0o700); err != nil {
		return nil, fmt.Errorf("create data directory %s: %w", path, err)
	}
	f, err := os.OpenFile(filepath.Join(absolute, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of %s: %w", path, err)
	}
	// The kernel drops the lock with the process, however it ends, so a stale file blocks nobody.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(f.Name())
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("the data directory %s is in use by process %s: stop that one, or set FERMATA_DATA_DIR to another directory",
				path, strings.TrimSpace(string(holder)))
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := errors.Join(f.Truncate(0), write(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock of %s: %w", path, err), f.Close())
	}
	return &Dir{path: absolute, lock: f}, nil
}

func write(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Path is the absolute path of name inside the directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Close gives the directory free.
func (d *Dir) Close() error { return d.lock.Close() }
