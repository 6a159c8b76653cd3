package chaos_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// faults lets a share of what is written to and read from PostgreSQL fail, as seen by who asked for
// it: the connection breaks when a transaction is committed or a statement outside of one is sent.
// Every second time PostgreSQL has never heard of it; otherwise it has done it, and nobody is told.
type faults struct {
	addr, upstream string
	lost, untold   atomic.Int64
	mu             sync.Mutex
	share          int // in 100
	rng            *rand.Rand
}

// let makes so many in a hundred fail from now on.
func (f *faults) let(share int, seed uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.share, f.rng = share, rand.New(rand.NewPCG(seed, 4))
}

// newFaults stands before a PostgreSQL; addr is the one to use instead. Nothing fails as yet.
func newFaults(t *testing.T, upstream string) *faults {
	t.Helper()
	f := &faults{addr: harness.SteadyAddr(t), upstream: upstream}
	listener, err := net.Listen("tcp", f.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			asker, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go f.relay(asker)
			}
		}
	}()
	return f
}

// fault is what becomes of one transaction or statement.
type fault int

const (
	none   fault = iota
	lose         // PostgreSQL never hears of it
	untold       // it does it, and the answer never arrives
)

func (f *faults) draw() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.share == 0 || f.rng.IntN(100) >= f.share {
		return none
	}
	if f.rng.IntN(2) == 0 {
		f.lost.Add(1)
		return lose
	}
	f.untold.Add(1)
	return untold
}

// exchange is one connection. Messages are those of PostgreSQL's protocol, version 3: a byte for the
// kind, four for the length, which counts itself, and the rest.
type exchange struct {
	asker, server net.Conn
	inside        atomic.Bool // in a transaction, as the server said last
	mute          atomic.Bool // the next answer is the last, and is not passed on
}

func (f *faults) relay(asker net.Conn) {
	defer func() { _ = asker.Close() }()
	server, err := net.Dial("tcp", f.upstream)
	if err != nil {
		return
	}
	e := &exchange{asker: asker, server: server}
	go e.answers()
	e.questions(f)
	if !e.mute.Load() {
		_ = server.Close()
	}
}

// questions passes on what is asked, up to the first fault.
func (e *exchange) questions(f *faults) {
	from, to := bufio.NewReader(e.asker), bufio.NewWriter(e.server)
	if opening, err := message(from, 0); err != nil || pass(from, to, opening) != nil {
		return
	}
	for {
		m, err := message(from, 1)
		if err != nil {
			return
		}
		if e.ends(m) {
			switch f.draw() {
			case lose:
				return
			case untold:
				e.mute.Store(true)
			case none:
			}
		}
		if pass(from, to, m) != nil {
			return
		}
	}
}

// ends reports whether a message brings a transaction to its end, or is a statement of its own.
func (e *exchange) ends(m []byte) bool {
	const query, sync = 'Q', 'S'
	if m[0] == query {
		text := bytes.ToLower(m[5:])
		return bytes.HasPrefix(text, []byte("commit")) || (!e.inside.Load() && !bytes.HasPrefix(text, []byte("begin")))
	}
	return m[0] == sync && !e.inside.Load()
}

// answers passes on what is answered, up to the fault.
func (e *exchange) answers() {
	defer func() { _, _ = e.asker.Close(), e.server.Close() }()
	const ready, idle = 'Z', 'I'
	from, to := bufio.NewReader(e.server), bufio.NewWriter(e.asker)
	for {
		m, err := message(from, 1)
		if err != nil {
			return
		}
		if m[0] == ready {
			e.inside.Store(m[5] != idle)
		}
		if e.mute.Load() {
			if m[0] == ready {
				return
			}
			continue
		}
		if pass(from, to, m) != nil {
			return
		}
	}
}

// message reads one whole message, of which so many bytes say its kind.
func message(from *bufio.Reader, kind int) ([]byte, error) {
	head := make([]byte, kind+4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	m := make([]byte, kind+int(binary.BigEndian.Uint32(head[kind:])))
	copy(m, head)
	_, err := io.ReadFull(from, m[len(head):])
	return m, err
}

// pass writes a message, and sends what is written once nothing further is there to be passed on.
func pass(from *bufio.Reader, to *bufio.Writer, m []byte) error {
	if _, err := to.Write(m); err != nil {
		return err
	}
	if from.Buffered() > 0 {
		return nil
	}
	return to.Flush()
}
