package ascode

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/api/gen"
	"fermata/api/testreport"
	"fermata/interpreter/definition"
	"fermata/interpreter/rehearse"
)

// Checked is what is wrong with one file, and what came of its tests.
type Checked struct {
	File     string               `json:"file"`
	Key      string               `json:"key"`
	Valid    bool                 `json:"valid"`
	Problems []definition.Problem `json:"problems"`
	Tests    *gen.TestReport      `json:"tests,omitempty"`
}

// Validate checks files and runs their tests: against the installation of a client, or without one,
// when what a definition refers to is not looked up. It returns *ExitError when a file has errors.
func Validate(ctx context.Context, c *Client, paths []string, out Output) error {
	files, err := Read(paths)
	if err != nil {
		return err
	}
	checked, err := check(ctx, c, files)
	if err != nil {
		return err
	}
	broken := 0
	for _, one := range checked {
		out.problems(one.File, one.Problems)
		if !one.Valid {
			broken++
		} else {
			out.line("%s: ok", one.File)
		}
		out.tests(one)
	}
	if err := out.encode(map[string]any{"items": checked}); err != nil {
		return err
	}
	if broken > 0 {
		return &ExitError{Code: ExitProblems, Message: fmt.Sprintf("%d of %d files have errors", broken, len(files))}
	}
	return nil
}

// tests says what came of the tests of a file, and which ways none of them takes.
func (o Output) tests(one Checked) {
	if one.Tests == nil {
		return
	}
	covered := one.Tests.Coverage
	o.line("%s: %d tests passed, %d failed; they take %d of %d ways", one.File, one.Tests.Passed, one.Tests.Failed, covered.Taken, covered.Ports)
	if len(covered.Missing) == 0 {
		return
	}
	missing := make([]string, len(covered.Missing))
	for i, way := range covered.Missing {
		missing[i] = strings.TrimSuffix(way.Node+"/"+way.Port, "/")
	}
	o.line("%s: no test takes %s", one.File, strings.Join(missing, ", "))
}

// check judges files, by the server when there is one. Workflows that the files themselves bring
// along are missing nowhere.
func check(ctx context.Context, c *Client, files []*File) ([]Checked, error) {
	together := map[string]bool{}
	for _, f := range files {
		together[f.Key] = true
	}
	list := make([]Checked, len(files))
	for i, f := range files {
		one := Checked{File: f.Path, Key: f.Key, Problems: f.Problems}
		switch {
		case f.Def == nil:
		case c == nil:
			f.test(&one)
		default:
			if err := f.ask(ctx, c, &one); err != nil {
				return nil, err
			}
		}
		one.Problems = slices.DeleteFunc(one.Problems, func(p definition.Problem) bool {
			return p.Code == definition.CodeMissing && together[f.names(p.Path)]
		})
		if one.Problems == nil {
			one.Problems = []definition.Problem{}
		}
		one.Valid = f.Def != nil && !definition.HasErrors(one.Problems)
		list[i] = one
	}
	return list, nil
}

// ask lets the server judge.
func (f *File) ask(ctx context.Context, c *Client, one *Checked) error {
	var answer struct {
		Problems []definition.Problem `json:"problems"`
		Tests    *gen.TestReport      `json:"tests"`
	}
	err := c.do(ctx, call{method: "POST", path: "/v1/validate", kind: f.Kind, body: f.Body, out: &answer})
	if err != nil {
		return err
	}
	one.Problems, one.Tests = answer.Problems, answer.Tests
	return nil
}

// test runs the tests here, on the interpreter that the server runs.
func (f *File) test(one *Checked) {
	if len(f.Def.Tests) == 0 || !rehearse.Testable(f.Problems) {
		return
	}
	report := rehearse.Tests(f.Def, rehearse.Input{Start: time.Now().UTC().Truncate(time.Second), Location: time.UTC}, nil)
	one.Problems = append(slices.Clone(one.Problems), report.Problems()...)
	one.Tests = testreport.Of(report)
}

// names is the text that stands at a pointer in the definition, or "".
func (f *File) names(pointer string) string {
	var at any = f.Def.Raw
	for _, key := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		object, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	text, _ := at.(string)
	return text
}
