package engine

import (
	"fmt"
	"os"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

const (
	logFile = "temporal.log"
	// logLimit is the size at which the log of earlier starts moves aside, in bytes.
	logLimit = 10 << 20
)

// fatal is what the server would have ended the process for.
type fatal string

// quietLog writes warnings and worse to a file and turns Fatal into a panic that Start understands:
// a library must not end its caller's process without a word on the terminal.
type quietLog struct{ log.Logger }

func (l quietLog) Fatal(msg string, tags ...tag.Tag) {
	l.Logger.Error(msg, tags...)
	for _, t := range tags {
		msg += fmt.Sprintf(" %s=%v", t.Key(), t.Value())
	}
	panic(fatal(msg))
}

// openLog returns the server's logger on path, moving a large old file to path.1 first.
func openLog(path string) (log.Logger, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("move old log: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return quietLog{log.NewZapLogger(log.BuildZapLogger(log.Config{OutputFile: path, Level: "warn"}))}, nil
}
