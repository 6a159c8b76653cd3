package figures_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/figures"
)

func TestDaysBeginWhereTheZoneSaysSo(t *testing.T) {
	t.Parallel()
	for _, one := range []struct{ zone, from, to, days string }{
		{"Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-31T00:00:00Z", "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z 2026-03-30T22:00:00Z"},
		{"Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-26T00:00:00Z", "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"},
		// Midnight does not exist: the day begins at one.
		{"America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T03:00:00Z", "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z"},
		// The hour before midnight comes twice: the day before has 25 hours.
		{"America/Sao_Paulo", "2018-02-16T12:00:00Z", "2018-02-18T12:00:00Z", "2018-02-17T02:00:00Z 2018-02-18T03:00:00Z"},
		// Midnight comes twice: the day begins at the first.
		{"America/Havana", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z", "2026-11-01T04:00:00Z 2026-11-02T05:00:00Z"},
		{"Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T18:15:00Z"},
		// A day that a zone has left out.
		{"Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z", "2011-12-30T10:00:00Z 2011-12-31T10:00:00Z"},
		{"UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", ""},
	} {
		zone, err := time.LoadLocation(one.zone)
		require.NoError(t, err)
		from, to := instant(t, one.from), instant(t, one.to)
		text := ""
		for _, at := range figures.Midnights(from, to, zone) {
			if text != "" {
				text += " "
			}
			text += at.Format(time.RFC3339)
		}
		require.Equal(t, one.days, text, one.zone)
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}
