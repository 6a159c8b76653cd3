package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fermata/interpreter/definition"
)

// Validate checks definition files without an installation: references to pipelines,
// templates and the like are not looked up. It returns an error when any file has one.
func Validate(files []string, out io.Writer) error {
	broken := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		def, problems := definition.Parse(raw, filepath.Ext(file) != ".json")
		if def != nil {
			problems = def.Validate(nil)
		}
		errs := 0
		for _, p := range problems {
			if p.Severity == "error" {
				errs++
			}
			_, _ = fmt.Fprintf(out, "%s: %s %s at %s: %s", file, p.Severity, p.Code, p.Path, p.Message)
			if p.Hint != "" {
				_, _ = fmt.Fprintf(out, " (%s)", p.Hint)
			}
			_, _ = fmt.Fprintln(out)
		}
		if errs > 0 {
			broken++
			continue
		}
		_, _ = fmt.Fprintf(out, "%s: ok\n", file)
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d files have errors", broken, len(files))
	}
	return nil
}
