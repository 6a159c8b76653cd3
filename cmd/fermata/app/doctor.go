package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"fermata/activities/names"
	"fermata/store"
)

// Grades of what a check found.
const (
	GradeOK      = "ok"
	GradeWarning = "warning"
	GradeFailure = "failure"
)

var gradeOrder = []string{GradeOK, GradeWarning, GradeFailure}

// doctorWait bounds one question to another server.
const doctorWait = 5 * time.Second

// Finding is what one check found, and how it is mended unless all is well.
type Finding struct {
	Check  string `json:"check"`
	Status string `json:"status"` // ok, warning or failure
	Says   string `json:"says"`
	Mend   string `json:"mend,omitempty"`
}

// Report is what a doctor found; its status is the worst of its checks.
type Report struct {
	Status string    `json:"status"`
	Checks []Finding `json:"checks"`
}

// ExitCode is 0 when all is well, 1 with warnings, 2 with failures.
func (r *Report) ExitCode() int { return slices.Index(gradeOrder, r.Status) }

// Summary counts what is not well.
func (r *Report) Summary() string {
	count := map[string]int{}
	for _, f := range r.Checks {
		count[f.Status]++
	}
	if r.Status == GradeOK {
		return fmt.Sprintf("all %d checks are ok", len(r.Checks))
	}
	return fmt.Sprintf("failures: %d, warnings: %d, ok: %d", count[GradeFailure], count[GradeWarning], count[GradeOK])
}

// Write writes one line for each check, or one JSON document.
func (r *Report) Write(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		return nil
	}
	for _, f := range r.Checks {
		line := fmt.Sprintf("%-8s %-15s %s", f.Status, f.Check, f.Says)
		if f.Mend != "" {
			line += ". Mend: " + f.Mend
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

func (r *Report) add(grade, check, mend, says string) {
	r.Checks = append(r.Checks, Finding{Check: check, Status: grade, Says: says, Mend: mend})
	if slices.Index(gradeOrder, grade) > slices.Index(gradeOrder, r.Status) {
		r.Status = grade
	}
}

// Unreadable is the report about settings that could not be read at all.
func Unreadable(err error) *Report {
	r := &Report{Status: GradeOK}
	r.add(GradeFailure, "settings", "set it as the message says", err.Error())
	return r
}

// Doctor looks at an installation with given settings, from the outside like a client and from the
// inside like one of its processes. It changes nothing, makes nothing and sends no mail. What stands
// behind something that does not answer is left out: its failure comes first.
type Doctor struct {
	Settings Settings
	// Queue is the task queue; default the installation's. Tests only.
	Queue string
}

// Examine runs all checks.
func (d Doctor) Examine(ctx context.Context) *Report {
	x := &examination{Report: &Report{Status: GradeOK}, s: &d.Settings, queue: cmp.Or(d.Queue, names.TaskQueue), log: slog.New(slog.DiscardHandler)}
	faults := x.settings()
	x.disk()
	if !faults["FERMATA_SMTP_URL"] {
		x.within(ctx, 2*doctorWait, x.mail)
	}
	if !faults["FERMATA_BASE_URL"] && !faults["FERMATA_HTTP_ADDR"] {
		x.within(ctx, 2*doctorWait, x.outside)
	}
	if !faults["FERMATA_DATABASE_URL"] {
		x.database(ctx)
	}
	if !faults["FERMATA_TEMPORAL_ADDR"] {
		x.within(ctx, 6*doctorWait, x.temporal)
	}
	if x.store != nil {
		_ = x.store.Close()
	}
	return x.Report
}

// examination is one run of a doctor.
type examination struct {
	*Report
	s     *Settings
	queue string
	log   *slog.Logger
	// store is nil while the database cannot be used by this build.
	store *store.Store
	// inside is how many enrollments are active, as far as the store said.
	inside int
}

func (x *examination) within(ctx context.Context, d time.Duration, look func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	look(ctx)
}

func (x *examination) ok(check, format string, args ...any) {
	x.add(GradeOK, check, "", fmt.Sprintf(format, args...))
}

func (x *examination) warn(check, mend, format string, args ...any) {
	x.add(GradeWarning, check, mend, fmt.Sprintf(format, args...))
}

func (x *examination) fail(check, mend, format string, args ...any) {
	x.add(GradeFailure, check, mend, fmt.Sprintf(format, args...))
}

// either adds a failure with its mend when there is one, else what is well.
func (x *examination) either(bad bool, grade, check, mend, says, well string) {
	if bad {
		x.add(grade, check, mend, says)
		return
	}
	x.add(GradeOK, check, "", well)
}
