// Package dev is the body of the development server: it settles the addresses, starts Temporal, its
// Web UI and the mail sink on loopback addresses, runs the product in the same process, and says
// where everything is. It must never bind an address that another machine can reach, and never do
// anything that production relies on.
package dev

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"fermata/cmd/fermata/app"
)

// Settings are the program's own, with the defaults of development, and what only development has.
// An empty TemporalAddr or SMTPURL means that the setting is not set.
type Settings struct {
	app.Settings `embed:""`

	Only string `help:"Start only this part: temporal is Temporal with its Web UI." enum:",temporal" default:""`
	// TemporalDatabase is for load and failure tests.
	TemporalDatabase string `name:"temporal-database-url" env:"FERMATA_TEMPORAL_DATABASE_URL" hidden:"" help:"postgres:// database that our own Temporal keeps everything in, instead of a file."`
	// TemporalFaults is for tests.
	TemporalFaults float64 `name:"temporal-faults" env:"FERMATA_TEMPORAL_FAULTS" hidden:"" help:"Share of our own Temporal's reads and writes that fail, half of the failing writes after they were done."`
	// TimeSkipping is for tests.
	TimeSkipping bool `hidden:"" help:"Let clients ask our own Temporal to skip the time in which a run only waits."`
}

// defaults are those that differ from production's. An address without a default tells a setting
// that is set from one that is not.
var defaults = map[string]string{
	"smtp-url":              "",
	"api-key":               app.DevKey,
	"allow-private-targets": "true",
}

// Parse reads args and the environment. Help goes to out and is reported by done. An error is one
// line that names the setting.
func Parse(args []string, out io.Writer) (s Settings, done bool, err error) {
	parser, err := kong.New(&s, kong.Name("fermata-dev"), kong.Writers(out, out), kong.Exit(func(int) { done = true }),
		kong.Description("Fermata for development: one process, loopback only, state in the data directory."))
	if err != nil {
		return s, false, fmt.Errorf("describe settings: %w", err)
	}
	for _, flag := range parser.Model.Flags {
		if value, ok := defaults[flag.Name]; ok {
			flag.Default, flag.HasDefault = value, value != ""
		}
	}
	_, err = parser.Parse(args)
	if done {
		return s, true, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read settings: %s", strings.ReplaceAll(app.NamedError(err).Error(), "\n", " "))
	}
	s.Dev = true
	return s, false, nil
}
