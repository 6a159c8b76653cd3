package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
	"fermata/store/storetest"
)

// The row of the account is gone: what needs it goes by the documented defaults.
func TestStepsNeedNoAccountRow(t *testing.T) {
	t.Parallel()
	for name, node := range map[string]string{
		"currency": `{type: deal_create, with: {pipeline: sales}}`,
		"zone":     `{type: task_create, with: {title: Call, due: 2d}}`,
		"latest":   `{type: tag_add, latest: 2d, with: {tag: late}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := enroll(t, storetest.Open(t), node)
			require.Equal(t, interpreter.Left, p.advance(command(interpreter.Act, "next"))[0].Kind)
		})
	}
}
