package ports_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/devserver/loopback"
	"fermata/devserver/ports"
)

func listen(t *testing.T, addr string) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func free(t *testing.T) string {
	t.Helper()
	port, err := loopback.FreePort(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	return loopback.Join("127.0.0.1", port)
}

func says(answer bool) func(context.Context, string) bool {
	return func(context.Context, string) bool { return answer }
}

func never(t *testing.T) func(context.Context, string) bool {
	return func(context.Context, string) bool {
		t.Error("asked although nothing listens or nothing was named")
		return true
	}
}

// The unset default needs the real port 7233; where another program holds it, only the refusal can
// be seen, and where none does, both are.
func TestTemporalUnsetNeverJoins(t *testing.T) {
	t.Parallel()
	if !ports.Taken(t.Context(), ports.DefaultTemporal) {
		c, err := ports.Temporal(t.Context(), "", never(t))
		require.NoError(t, err)
		require.Equal(t, ports.Choice{Addr: "127.0.0.1:7233", Embed: true}, c)
		listen(t, ports.DefaultTemporal)
	}
	_, err := ports.Temporal(t.Context(), "", never(t))
	require.ErrorContains(t, err, "FERMATA_TEMPORAL_ADDR=127.0.0.1:7233")
	require.ErrorContains(t, err, "127.0.0.1:7243")
	require.False(t, strings.Contains(err.Error(), "\n"))
}

func TestTemporalSet(t *testing.T) {
	t.Parallel()
	taken, open := listen(t, "127.0.0.1:0"), free(t)
	c, err := ports.Temporal(t.Context(), taken, says(true))
	require.NoError(t, err)
	require.Equal(t, ports.Choice{Addr: taken}, c)

	_, err = ports.Temporal(t.Context(), taken, says(false))
	require.ErrorContains(t, err, taken+" is no Temporal")

	c, err = ports.Temporal(t.Context(), open, never(t))
	require.NoError(t, err)
	require.Equal(t, ports.Choice{Addr: open, Embed: true}, c)

	_, err = ports.Temporal(t.Context(), "temporal.invalid:7233", never(t))
	require.ErrorContains(t, err, "FERMATA_TEMPORAL_ADDR: nothing answers at temporal.invalid:7233")
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	taken, open := listen(t, "127.0.0.1:0"), free(t)
	for _, tt := range []struct {
		url  string
		want ports.Choice
	}{
		{"smtp://" + open, ports.Choice{Addr: open, Embed: true}},
		{"smtp://127.0.0.1:0", ports.Choice{Addr: "127.0.0.1:0", Embed: true}},
		{"smtp://" + taken, ports.Choice{Addr: taken}},
		{"smtp://user:secret@mail.example:587", ports.Choice{Addr: "mail.example:587"}},
		{"smtps://" + open, ports.Choice{Addr: open}},
		{"smtps://mail.example", ports.Choice{Addr: "mail.example:465"}},
	} {
		c, err := ports.SMTP(t.Context(), tt.url)
		require.NoError(t, err, tt.url)
		require.Equal(t, tt.want, c, tt.url)
	}
	for _, bad := range []string{"127.0.0.1:1025", "http://127.0.0.1:1025", "smtp://", "smtp://u:geheim@[::1", "\x00"} {
		_, err := ports.SMTP(t.Context(), bad)
		require.ErrorContains(t, err, "FERMATA_SMTP_URL: want smtp://", bad)
		require.NotContains(t, err.Error(), "geheim")
	}
}

func TestSMTPUnsetNeverJoins(t *testing.T) {
	t.Parallel()
	if !ports.Taken(t.Context(), "127.0.0.1:1025") {
		c, err := ports.SMTP(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, ports.Choice{Addr: "127.0.0.1:1025", Embed: true}, c)
		listen(t, "127.0.0.1:1025")
	}
	_, err := ports.SMTP(t.Context(), "")
	require.ErrorContains(t, err, "FERMATA_SMTP_URL=smtp://127.0.0.1:1025")
}

func TestOwnNamesTheSetting(t *testing.T) {
	t.Parallel()
	addr, err := ports.Own(t.Context(), "FERMATA_HTTP_ADDR", "127.0.0.1:0")
	require.NoError(t, err)
	require.False(t, strings.HasSuffix(addr, ":0"), addr)
	for _, bad := range []string{listen(t, "127.0.0.1:0"), "0.0.0.0:8080", "8080"} {
		_, err = ports.Own(t.Context(), "FERMATA_HTTP_ADDR", bad)
		require.ErrorContains(t, err, "FERMATA_HTTP_ADDR: ")
	}
}
