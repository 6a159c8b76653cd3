// Command lint-rules proves that the import rules of .golangci.yml fire: it writes a scratch module
// with one forbidden import (or call) a file, lints it with the real configuration, and fails when
// a planted offence passes or an allowed import is refused. Stubs stand in for foreign modules, so
// nothing is downloaded.
//
//	lint-rules <golangci-lint> <.golangci.yml>
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plant is one file of the scratch module: a folder, what it imports, and whether that is refused.
type plant struct {
	folder, imports string
	refused         bool
}

// plants holds, for each rule, offences in the folder itself and below it, and what must stay allowed.
var plants = []plant{
	{"interpreter", "net/http", true},
	{"interpreter", "go.temporal.io/sdk/workflow", true},
	{"interpreter", "fermata/store", true},
	{"interpreter", "os", true},
	{"interpreter/nodes", "net", true},
	{"interpreter/nodes", "net/url", true},
	{"interpreter/nodes", "math/rand/v2", true},
	{"interpreter/nodes/form", "github.com/gin-gonic/gin", true},
	{"interpreter/nodes/form", "gorm.io/gorm", true},
	{"interpreter/expr", "fermata/interpreter/calendar", false},
	{"interpreter/expr", "cel.dev/cel-go/cel", false},
	{"interpreter/expr", "strings", false},
	{"workflows", "go.temporal.io/sdk/client", true},
	{"workflows", "fermata/activities", true},
	{"workflows", "fermata/store", true},
	{"workflows", "os", true},
	{"workflows/sub", "net/http", true},
	{"workflows", "go.temporal.io/sdk/workflow", false},
	{"workflows", "fermata/activities/names", false},
	{"workflows", "fermata/interpreter", false},
	{"activities", "fermata/workflows", true},
	{"activities", "fermata/api", true},
	{"activities", "fermata/worker", true},
	{"activities", "gorm.io/gorm", true},
	{"activities/names", "fermata/store", true},
	{"activities/names", "net/http", true},
	{"activities", "fermata/store", false},
	{"worker", "fermata/api", true},
	{"worker", "gorm.io/gorm", true},
	{"worker", "fermata/activities", false},
	{"api", "gorm.io/gorm", true},
	{"api", "fermata/activities", true},
	{"api", "fermata/worker", true},
	{"api/sub", "fermata/workflows", true},
	{"api", "fermata/store", false},
	{"store", "fermata/interpreter", true},
	{"store/storetest", "fermata/events", true},
	{"store", "gorm.io/gorm", false},
	{"store/storetest", "fermata/store", false},
	{"events", "fermata/api", true},
	{"events", "gorm.io/gorm", true},
	{"events", "fermata/workflows", true},
	{"events", "fermata/store", false},
	{"figures", "fermata/events", true},
	{"figures", "go.temporal.io/sdk/client", true},
	{"figures", "fermata/store", false},
	{"links", "fermata/store", true},
	{"links", "net/http", true},
	{"links", "crypto/hmac", false},
	{"outgoing", "fermata/activities", true},
	{"outgoing", "fermata/api", true},
	{"outgoing/sub", "go.temporal.io/sdk/client", true},
	{"outgoing", "gorm.io/gorm", true},
	{"outgoing", "fermata/events", false},
	{"alarms", "fermata/activities", true},
	{"alarms", "fermata/api", true},
	{"alarms", "go.temporal.io/sdk/client", true},
	{"alarms", "fermata/outgoing", false},
	{"gallery", "fermata/store", true},
	{"gallery", "fermata/api", true},
	{"gallery", "go.temporal.io/sdk/client", true},
	{"gallery", "fermata/interpreter/expr", false},
	{"cmd/fermata", "gorm.io/gorm", true},
	{"cmd/fermata", "go.temporal.io/server/temporal", true},
	{"cmd/fermata", "github.com/temporalio/ui-server/v2/server", true},
	{"cmd/fermata", "fermata/devserver/engine", true},
	{"cmd/fermata", "fermata/worker", false},
	{"devserver/engine", "go.temporal.io/server/temporal", false},
	{"e2e", "go.temporal.io/server/temporal", false},
}

// calls are planted where the clock and randomness are forbidden, and once where they are not.
var calls = []struct {
	folder, imports, call string
	refused               bool
}{
	{"interpreter", "time", "time.Now()", true},
	{"interpreter/nodes", "time", "time.Since(time.Time{})", true},
	{"workflows", "time", "time.Sleep", true},
	{"worker", "time", "time.Now()", false},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: lint-rules <golangci-lint> <.golangci.yml>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "lint-rules:", err)
		os.Exit(1)
	}
}

func run(linter, config string) (err error) {
	linter, err = filepath.Abs(linter)
	if err != nil {
		return fmt.Errorf("find linter: %w", err)
	}
	config, err = filepath.Abs(config)
	if err != nil {
		return fmt.Errorf("find configuration: %w", err)
	}
	dir, err := os.MkdirTemp("", "lint-rules-")
	if err != nil {
		return fmt.Errorf("make scratch module: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	want, err := write(dir)
	if err != nil {
		return err
	}
	got, err := lint(linter, config, dir)
	if err != nil {
		return err
	}
	var wrong []string
	offences := 0
	for file, w := range want {
		if w.refused {
			offences++
		}
		if refused := got[file]; refused != w.refused {
			wrong = append(wrong, fmt.Sprintf("%s: refused is %t, want %t", w.what, refused, w.refused))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d rules are wrong:\n  %s", len(wrong), strings.Join(wrong, "\n  "))
	}
	fmt.Printf("lint-rules: %d planted offences are refused, %d allowed imports pass\n", offences, len(want)-offences)
	return nil
}

type expectation struct {
	what    string
	refused bool
}
