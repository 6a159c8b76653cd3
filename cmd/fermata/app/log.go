package app

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// NewLog makes the log of the program: debug, info, warn or error, as text, or as
// JSON lines with a trailing ":json". A nil writer is standard error.
func NewLog(setting string, w io.Writer) (*slog.Logger, error) {
	level, form, _ := strings.Cut(setting, ":")
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("%q is not one of debug, info, warn, error", level)
	}
	if w == nil {
		w = os.Stderr
	}
	options := &slog.HandlerOptions{Level: l}
	switch form {
	case "":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, fmt.Errorf("%q is not a form of log lines: leave it out, or say json", form)
}
