package main

import (
	"errors"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/ascode"
)

// A setting that cannot be read is one line for every command, and a failure among others for the doctor.
func TestUnreadableSettingsAreAFailureForTheDoctor(t *testing.T) {
	t.Parallel()
	for command, code := range map[string]int{"doctor": 2, "migrate": 0} {
		var p program
		var flags []string
		if command == "doctor" {
			flags = []string{"--json"}
		}
		parser, err := kong.New(&p, kong.Name("fermata"))
		require.NoError(t, err)
		_, err = parser.Parse(append([]string{command, "--hourly-cost=much"}, flags...))
		require.Error(t, err)
		stopped := unreadable(err, &p)
		exit, is := errors.AsType[*ascode.ExitError](stopped)
		require.Equal(t, code == 2, is, command)
		if is {
			require.Equal(t, code, exit.Code)
			require.True(t, p.Doctor.JSON)
		} else {
			require.ErrorContains(t, stopped, "FERMATA_HOURLY_COST")
		}
	}
}
