package nodes

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
)

func TestCronWords(t *testing.T) {
	t.Parallel()
	for cron, want := range map[string]string{
		"0 9 * * 1":              "Every Monday at 09:00",
		"0 9 * * mon-fri":        "Every Mon–Fri at 09:00",
		"30 8,17 * * *":          "Every day at 08:30 and 17:30",
		"0 0 1 * *":              "On the 1st at 00:00",
		"0 9 1,15 1,7 *":         "On the 1st and 15th in January and July at 09:00",
		"0 9 1 * 1":              "On the 1st and every Monday at 09:00",
		"*/15 * * * *":           "Every 15 minutes",
		"*/15 9-17 * * mon-fri":  "Every 15 minutes in the hours 9–17, every Mon–Fri",
		"5 * * * *":              "Every hour at minute 5",
		"0 */6 * * *":            "Every day at 00:00, 06:00, 12:00 and 18:00",
		"0 */2 * * *":            "Every 2 hours at minute 0",
		"* * * * *":              "Every minute",
		"7,9,40 10-20 * * *":     "At the minutes 7, 9 and 40 in the hours 10–20",
		"0 12 */10 * 1":          "On the 1st, 11th, 21st and 31st, if that is Monday at 12:00",
		"0 12 1-20 2 *":          "On the days 1–20 in February at 12:00",
		"15 8-16 * * *":          "At minute 15 in the hours 8–16",
		"0 9 22,23,11,12,13 * *": "On the 11th, 12th, 13th, 22nd and 23rd at 09:00",
	} {
		c, err := calendar.ParseCron(cron)
		require.NoError(t, err)
		require.Equal(t, want, CronWords(c), cron)
	}
}
