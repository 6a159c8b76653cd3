package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// What follows a wait is due when the wait is over: for one that an event ends, when the event came,
// however long the wait would have gone on.
func TestLatestCountsFromTheEventThatEndedTheWait(t *testing.T) {
	t.Parallel()
	for key, wait := range map[string]string{"forever": "forever: true", "timeout": "timeout: 30d"} {
		for name, c := range map[string]struct {
			late time.Duration
			want string
		}{"intime": {time.Minute, "done"}, "late": {2 * day, "dropped"}} {
			t.Run(key+" "+name, func(t *testing.T) {
				t.Parallel()
				v := setsOut(t, storetest.Open(t), key+"-"+name, "", `  a: {type: wait_event, with: {events: [{id: b, event: b.c}], `+wait+`}, next: {b: b}}
  b: {type: tag_add, latest: 1d, with: {tag: x}, next: c}
  c: {type: hold}`)
				v.at = noon.Add(10 * day)
				v.post("b.c", nil)
				v.route()
				v.wakes(v.at.Add(c.late))
				require.Equal(t, []string{"a/1:done:b", "b/1:" + c.want + ":next", "c/1:held"}, v.way())
			})
		}
	}
}

// Nobody is late for what a person has just let go on.
func TestLatestCountsFromTheReleaseOfAHold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "let-go", "", `  a: {type: hold, next: b}
  b: {type: tag_add, latest: 1d, with: {tag: x}}`)
		v.at = noon.Add(10 * day)
		require.NoError(t, v.operator(v.at).Release(t.Context(), v.in.Enrollment, "", "Ana"))
		v.wakes(v.at.Add(time.Minute))
		require.Equal(t, []string{"a/1:done:next", "b/1:done:next"}, v.way())
	})
}
