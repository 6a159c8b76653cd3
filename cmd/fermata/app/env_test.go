package app_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
)

// TestNamedError: one line names the setting as it is set; what is not about a setting stays as it is.
func TestNamedError(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{
		`--hourly-cost: expected a float but got "much" (string)`:  `FERMATA_HOURLY_COST (--hourly-cost): expected a float but got "much" (string)`,
		`--hourly-cost=FLOAT: expected a float: "a:b"`:             `FERMATA_HOURLY_COST (--hourly-cost): expected a float: "a:b"`,
		`--only must be one of "","temporal" but got "nothing: x"`: `--only must be one of "","temporal" but got "nothing: x"`,
		`unknown flag --what`: `unknown flag --what`,
	} {
		require.EqualError(t, app.NamedError(errors.New(from)), to)
	}
}
