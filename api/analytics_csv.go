package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"fermata/figures"
)

// analyticsCSV writes the series and the nodes as one table, a line for each day and for each node,
// told apart by the column `row`. A cell is empty where a line has no such figure or there is nothing
// to divide by.
func analyticsCSV(a *figures.Analytics) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{
		"row", "from", "date", "node", "title", "type", "enrolled", "finished", "completed", "completion_rate", "steps", "errors",
		"entries", "active", "active_now", "done", "failed", "unknown", "dropped", "suppressed", "skipped", "exited", "canceled", "open",
		"ended", "lost", "drop_off", "mails_sent", "mails_opened", "mails_clicked", "mails_bounced",
	}}
	for i := range a.Series {
		d := &a.Series[i]
		line := append([]string{"day", d.From.Format(time.RFC3339Nano), d.Date, "", "", ""}, counts(d.Enrolled, d.Finished, d.Completed)...)
		line = append(append(line, ratio(d.CompletionRate)), counts(d.Steps, d.Errors)...)
		lines = append(lines, append(line, make([]string, len(lines[0])-len(line))...))
	}
	for i := range a.Nodes {
		lines = append(lines, nodeLine(&a.Nodes[i]))
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return out.Bytes(), nil
}

func nodeLine(n *figures.Node) []string {
	line := []string{"node", "", "", n.Node, plainCell(n.Title), n.Type, "", "", "", "", ""}
	line = append(line, counts(n.Errors, n.Entries, n.Active, n.ActiveNow, n.Done, n.Failed, n.Unknown, n.Dropped, n.Suppressed,
		n.Skipped, n.Exited, n.Canceled, n.Open, n.Ended, n.Lost)...)
	line = append(line, ratio(n.DropOff))
	if n.Mail == nil {
		return append(line, "", "", "", "")
	}
	return append(line, counts(n.Mail.Sent, n.Mail.Opened, n.Mail.Clicked, n.Mail.Bounced)...)
}

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(text string) string {
	if text != "" && bytes.ContainsAny([]byte(text[:1]), "=+-@\t\r") {
		return "'" + text
	}
	return text
}

func counts(numbers ...int64) []string {
	cells := make([]string, len(numbers))
	for i, n := range numbers {
		cells[i] = strconv.FormatInt(n, 10)
	}
	return cells
}

func ratio(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
