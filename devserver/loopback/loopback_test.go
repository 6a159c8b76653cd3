package loopback_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/devserver/loopback"
)

func TestAddressesThatOthersReachAreRefused(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{
		"0.0.0.0:1", ":1", "[::]:1", "192.0.2.1:1", "example.org:1", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1", "",
	} {
		_, _, err := loopback.Resolve(t.Context(), addr)
		require.ErrorContains(t, err, `"`+addr+`"`)
	}
}

func TestPortZeroIsReplacedAndLocalhostIsIPv4(t *testing.T) {
	t.Parallel()
	host, port, err := loopback.Resolve(t.Context(), "localhost:0")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
	require.NotZero(t, port)
	_, again, err := loopback.Resolve(t.Context(), loopback.Join(host, port))
	require.NoError(t, err)
	require.Equal(t, port, again)
}

func TestTakenPortIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	_, _, err = loopback.Resolve(t.Context(), l.Addr().String())
	require.ErrorContains(t, err, l.Addr().String())
}
