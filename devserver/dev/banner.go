package dev

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// banner says where everything is and how long it took.
type banner struct {
	settings     *Settings
	program      Program
	embedded     bool // Temporal is ours
	sink         bool // the mail server is ours
	temporalTook time.Duration
	took         time.Duration
	launched     time.Time
}

func (b banner) write(out io.Writer) {
	s := b.settings
	var text strings.Builder
	line := func(name, value, note string) {
		fmt.Fprintf(&text, "  %-16s %-32s %s\n", name, value, note)
	}
	title := "Fermata is ready"
	if s.Only != "" {
		title = "Temporal is ready"
	}
	fmt.Fprintf(&text, "\n%s: %.1f s (Temporal %.1f s)%s\n\n", title, b.took.Seconds(), b.temporalTook.Seconds(), b.sinceLaunch())
	if s.Only == "" {
		line("Page and API", "http://"+s.HTTPAddr, "API at /v1")
		// After the #, so that the code reaches no log; the page exchanges it for a session.
		line("Open", "http://"+s.HTTPAddr+"/sign-in#code="+s.SignInCode, "")
		line("API key", s.APIKey, "Authorization: Bearer "+s.APIKey)
		if b.sink {
			line("Mail sink", s.SMTPURL, "read it at http://"+s.HTTPAddr+"/dev/mail")
		} else {
			line("Mail server", "as FERMATA_SMTP_URL says", "mails really leave")
		}
	}
	note := "not ours, joined"
	if b.embedded {
		note = "embedded, version " + b.program.EngineVersion
	}
	line("Temporal", s.TemporalAddr, note+", namespace "+s.TemporalNamespace)
	line("Temporal Web UI", "http://"+s.TemporalUIAddr, "")
	line("Data", s.DataDir, "kept; the next start goes on where this one stops")
	text.WriteString("\nCtrl-C stops everything.\n")
	_, _ = io.WriteString(out, text.String())
}

// sinceLaunch tells the whole wait when the program was started by `make dev`.
func (b banner) sinceLaunch() string {
	if b.launched.IsZero() {
		return ""
	}
	return fmt.Sprintf(", %.1f s after make dev", time.Since(b.launched).Seconds())
}
