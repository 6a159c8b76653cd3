package chaos_test

import (
	"embed"
	"strings"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

//go:embed workflows/*.yaml
var files embed.FS

// scenario are the workflows under test; those that others enroll into come first.
var scenario = []string{"nurture", "order", "welcome", "trial", "counter", "letter"}

// publish publishes workflows and returns their definitions by key.
func (s *stage) publish(names ...string) map[string]*definition.Definition {
	s.Helper()
	s.api.Must("POST", "/v1/pipelines", map[string]any{"key": "chaos", "name": "Chaos", "stages": []any{
		map[string]any{"key": "new", "name": "New", "kind": "open"}, map[string]any{"key": "won", "name": "Won", "kind": "won"},
	}})
	definitions := map[string]*definition.Definition{}
	for _, name := range names {
		text := s.source(name)
		s.api.Publish(text)
		def, problems := definition.Parse([]byte(text), true)
		require.NotNil(s, def, problems)
		definitions[def.Key] = def
	}
	return definitions
}

// source is the definition of a workflow under test.
func (s *stage) source(name string) string {
	s.Helper()
	raw, err := files.ReadFile("workflows/" + name + ".yaml")
	require.NoError(s, err)
	return strings.NewReplacer("http://sink.invalid", s.http.URL, "for: 21d", "for: "+s.days+"d", "value: 21", "value: "+s.days).Replace(string(raw))
}
