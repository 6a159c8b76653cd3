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
)

// Settings are the flags and environment variables of the development server.
type Settings struct {
	Only              string `help:"Start only this part; temporal is Temporal with its Web UI." enum:",temporal" default:""`
	HTTPAddr          string `name:"http-addr" env:"FERMATA_HTTP_ADDR" help:"Address of page and API." default:"127.0.0.1:8080"`
	DataDir           string `env:"FERMATA_DATA_DIR" help:"Directory that keeps everything." default:".fermata"`
	TemporalAddr      string `env:"FERMATA_TEMPORAL_ADDR" help:"Temporal to use, or free address for our own. Not set: our own on 127.0.0.1:7233."`
	TemporalNamespace string `env:"FERMATA_TEMPORAL_NAMESPACE" help:"Namespace in Temporal." default:"default"`
	TemporalUIAddr    string `name:"temporal-ui-addr" env:"FERMATA_TEMPORAL_UI_ADDR" help:"Address of the Temporal Web UI." default:"127.0.0.1:8233"`
	SMTPURL           string `name:"smtp-url" env:"FERMATA_SMTP_URL" help:"Mail server. Not set: a mail sink on smtp://127.0.0.1:1025."`
	APIKey            string `env:"FERMATA_API_KEY" help:"The first admin key." default:"dev-key"`
}

// Parse reads args and the environment. Help goes to out and is reported by done. An error is one
// line that names the flag.
func Parse(args []string, out io.Writer) (s Settings, done bool, err error) {
	parser, err := kong.New(&s, kong.Name("fermata-dev"), kong.Writers(out, out), kong.Exit(func(int) { done = true }),
		kong.Description("Fermata for development: one process, loopback only, state in the data directory."))
	if err != nil {
		return s, false, fmt.Errorf("describe settings: %w", err)
	}
	_, err = parser.Parse(args)
	if done {
		return s, true, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read settings: %s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return s, false, nil
}
