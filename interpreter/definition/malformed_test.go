package definition_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestMalformedDefinitions holds every problem of every file under
// testdata/malformed against its golden file, on the installation of the examples
// with a few things more.
func TestMalformedDefinitions(t *testing.T) {
	t.Parallel()
	c := setup(t)
	c.workflows["sleeping"] = false
	c.templates["promo"] = "<p>Buy!</p>"
	c.users = map[string][]string{"promo purchase.completd": {"a", "spring-sale"}}
	var files []string
	for _, pattern := range []string{"*.yaml", "*.json"} {
		found, err := filepath.Glob(filepath.Join("testdata/malformed", pattern))
		require.NoError(t, err)
		files = append(files, found...)
	}
	count := 0
	for _, path := range files {
		if strings.HasSuffix(path, ".problems.json") {
			continue
		}
		count++
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			d, problems := definition.Parse(data, strings.HasSuffix(path, ".yaml"))
			if d != nil {
				problems = d.Validate(c)
			}
			requireComplete(t, problems)
			golden(t, strings.TrimSuffix(path, filepath.Ext(path))+".problems.json", problems)
		})
	}
	require.GreaterOrEqual(t, count, 30)
}

func requireComplete(t *testing.T, problems []definition.Problem) {
	t.Helper()
	require.NotEmpty(t, problems)
	for _, p := range problems {
		require.Contains(t, []string{"error", "warning"}, p.Severity)
		require.NotEmpty(t, p.Code, p)
		require.NotEmpty(t, p.Message, p)
		require.True(t, p.Path == "" || p.Path[0] == '/', p)
		require.Equal(t, strings.HasPrefix(p.Path, "/nodes/"), p.Node != "", p)
	}
}

func golden(t *testing.T, path string, problems []definition.Problem) {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(problems))
	if *rewrite {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}
