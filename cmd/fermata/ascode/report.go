package ascode

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"fermata/interpreter/definition"
)

// Output is how a command tells what it did.
type Output struct {
	W    io.Writer
	JSON bool
}

func (o Output) line(format string, args ...any) {
	if !o.JSON {
		_, _ = fmt.Fprintf(o.W, format+"\n", args...)
	}
}

// encode writes the one JSON document of a command, when that is asked for.
func (o Output) encode(value any) error {
	if !o.JSON {
		return nil
	}
	e := json.NewEncoder(o.W)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// table writes rows in columns, with a heading.
func (o Output) table(rows [][]string) {
	if o.JSON {
		return
	}
	w := tabwriter.NewWriter(o.W, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	_ = w.Flush()
}

func (o Output) problems(path string, list []definition.Problem) {
	for _, p := range list {
		where := p.Path
		if where == "" {
			where = "/"
		}
		hint := ""
		if p.Hint != "" {
			hint = " (" + p.Hint + ")"
		}
		o.line("%s: %s %s at %s: %s%s", path, p.Severity, p.Code, where, p.Message, hint)
	}
}
