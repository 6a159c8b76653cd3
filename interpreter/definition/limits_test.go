package definition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

// TestHostileDocumentsAreCheap: no document within the size limit may take longer
// than the largest honest one by more than a little.
func TestHostileDocumentsAreCheap(t *testing.T) {
	t.Parallel()
	c := setup(t)
	repeat := func(s string) string { return strings.Repeat(s, (definition.MaxBytes-600)/len(s)) }
	graph := func(count int, node string) string {
		var b strings.Builder
		b.WriteString("schema: 1\nkey: a\nname: a\nstart: n0\nnodes:\n")
		for i := 0; i < count; i++ {
			fmt.Fprintf(&b, "  n%d: "+node+"\n", i, i, i, i+1)
		}
		return b.String()
	}
	for name, document := range map[string]string{
		"open lists":         repeat("["),
		"open objects":       repeat("{a: "),
		"nested dashes":      repeat("- "),
		"question marks":     repeat("? "),
		"anchors":            "a: [" + repeat("&a x,") + "]",
		"aliases":            "a: [&a x," + repeat("*a,") + "]",
		"unknown keys":       graph(9000, "{a%d: 1, b%d: 2, c%d: 3, d%d: 4}"),
		"unknown types":      graph(6500, "{type: emaill%d, wth: %d, nxt: %d, next: z%d}"),
		"missing references": graph(500, "{type: deal_move, with: {pipeline: p%d, stage: s%d, deal: d%d}, next: n%d}"),
		"equal keys":         "a: {" + repeat("a: 1, ") + "}",
		"not objects":        "tests: [" + repeat("1,") + "]",
		"line breaks":        "a: |\n" + repeat("\n") + "x",
		"long keys":          "{" + strings.Repeat("k", 250_000) + ": [" + strings.Repeat("1,", 100_000) + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.LessOrEqual(t, len(document), definition.MaxBytes)
			for _, yaml := range []bool{true, false} {
				start := time.Now()
				d, problems := definition.Parse([]byte(document), yaml)
				if d != nil {
					problems = d.Validate(c)
				}
				require.Less(t, time.Since(start), 20*time.Second)
				require.NotEmpty(t, problems)
				require.LessOrEqual(t, len(problems), 1001)
			}
		})
	}
}

func TestDocumentLimits(t *testing.T) {
	t.Parallel()
	code := func(data string, yaml bool) string {
		d, problems := definition.Parse([]byte(data), yaml)
		require.Nil(t, d)
		require.NotEmpty(t, problems)
		return problems[0].Code
	}
	require.Equal(t, definition.CodeTooLarge, code(strings.Repeat(" ", definition.MaxBytes+1), false))
	require.Equal(t, definition.CodeSyntax, code("{\"a\": \"\xff\"}", false))
	require.Equal(t, definition.CodeSyntax, code("a: \xff", true))
	require.Equal(t, definition.CodeSyntax, code(`{"schema": 1} {}`, false))
	require.Equal(t, definition.CodeSyntax, code(``, false))

	// Canonical JSON can be larger than the document; it must fit as well.
	numbers := strings.TrimSuffix(strings.Repeat("1e20,", 60_000), ",")
	long := fmt.Sprintf(small, `,"tests":[{"contact":{"n":[`+numbers+`]},"expect":{}}]`)
	require.Less(t, len(long), definition.MaxBytes)
	require.Equal(t, definition.CodeTooLarge, code(long, false))
}
