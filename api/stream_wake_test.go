package api

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// withoutPolls leaves the streams that are opened from here on to the wake alone.
func (l *live) withoutPolls() { l.hub.every = 100 * patience }

// TestAChangeWakesTheStream: what this process commits is told without waiting for a poll, and while
// nobody changes anything nothing is looked at.
func TestAChangeWakesTheStream(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		l := setupLive(t, s)
		l.withoutPolls()
		ana := l.contact("ana@example.com")
		stream := l.listen([]string{"contact:" + ana})
		stream.ready(false)
		for i := range 3 {
			l.rename(ana, "Ana "+strconv.Itoa(i))
			stream.changed("contact:" + ana)
		}
		// A second stream is ready after its own look; the first is not looked at for what is only read.
		polls := l.hub.polls.Load()
		for range 20 {
			l.must(200, "GET", "/v1/contacts/"+ana, nil)
		}
		other := l.listen([]string{"workflows"})
		other.ready(false)
		require.LessOrEqual(t, l.hub.polls.Load(), polls+2, "the look of the second stream, and one that was due")
		require.Empty(t, stream.events)
	})
}

// TestNothingIsLostOrDoubledAcrossCuts: whatever moment a cut comes at, with the wake, each change is
// told once to a client that comes back with the id of what it has read.
func TestNothingIsLostOrDoubledAcrossCuts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		processes := []*live{setupLive(t, s), setupLive(t, s)}
		processes[0].withoutPolls()
		processes[1].withoutPolls()
		ana := processes[0].contact("ana@example.com")
		topic := "contact:" + ana
		first := processes[0].listen([]string{topic})
		id := first.ready(false)
		first.cut()
		require.Eventually(t, func() bool { return processes[0].watched() == 0 }, patience, time.Millisecond)
		for i := range 12 {
			name := "Ana " + strconv.Itoa(i)
			l := processes[i%2]
			if i%3 == 0 { // while nobody listens
				l.rename(ana, name)
			}
			stream := l.listen([]string{topic}, lastSeen(id))
			if i%3 == 0 {
				id = stream.changed(topic)
			}
			require.Equal(t, id, stream.ready(true))
			switch i % 3 {
			case 1: // read
				l.rename(ana, name)
				id = stream.changed(topic)
			case 2: // sent, or about to be, and never read
				l.rename(ana, name)
				stream.cut()
				require.Eventually(t, func() bool { return l.watched() == 0 }, patience, time.Millisecond)
				stream = l.listen([]string{topic}, lastSeen(id))
				id = stream.changed(topic)
				require.Equal(t, id, stream.ready(true))
			}
			stream.cut()
			stream.over()
			require.Empty(t, stream.events)
			// A topic that is still watched is compared as it was last looked at; here each stream looks anew.
			require.Eventually(t, func() bool { return l.watched() == 0 }, patience, time.Millisecond)
		}
	})
}

// TestAnotherProcessIsHeardByPolling: its commits wake nobody here.
func TestAnotherProcessIsHeardByPolling(t *testing.T) {
	t.Parallel()
	l := setupLive(t, storetest.Open(t))
	l.hub.changed = func() <-chan struct{} { return nil }
	l.hub.every = 10 * time.Millisecond
	ana := l.contact("ana@example.com")
	stream := l.listen([]string{"contact:" + ana})
	stream.ready(false)
	l.rename(ana, "Ana")
	stream.changed("contact:" + ana)
}
