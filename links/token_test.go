package links_test

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/links"
)

const (
	base = "https://mail.example"
	send = "send_06e5k3v9q0abcdefghijklmnop"
	page = "https://shop.example/a?b=c&d=é#e"
)

func signer(t *testing.T, secret string) *links.Signer {
	t.Helper()
	s, err := links.New(secret, base+"/")
	require.NoError(t, err)
	return s
}

// tokens makes one token of each kind.
func tokens(t *testing.T, s *links.Signer) map[string]string {
	t.Helper()
	click, ok := s.Click(send, page)
	require.True(t, ok)
	return map[string]string{
		"unsubscribe": strings.TrimPrefix(s.Unsubscribe(send), base+links.UnsubscribePath),
		"click":       strings.TrimPrefix(click, base+links.ClickPath),
		"open":        strings.TrimPrefix(s.Open(send), base+links.OpenPath),
		"answer":      strings.TrimPrefix(s.Answer(send), base+links.AnswerPath),
	}
}

// accepts names the kinds that take a token.
func accepts(s *links.Signer, token string) []string {
	var kinds []string
	if _, ok := s.ReadUnsubscribe(token); ok {
		kinds = append(kinds, "unsubscribe")
	}
	if _, ok := s.ReadAnswer(token); ok {
		kinds = append(kinds, "answer")
	}
	if _, _, ok := s.ReadClick(token); ok {
		kinds = append(kinds, "click")
	}
	if _, ok := s.ReadOpen(token); ok {
		kinds = append(kinds, "open")
	}
	if _, ok := s.ReadOpen(token + links.OpenSuffix); ok {
		kinds = append(kinds, "open")
	}
	return kinds
}

func TestTokensSurviveARestartAndAreGoodForOneThing(t *testing.T) {
	t.Parallel()
	made := tokens(t, signer(t, "a secret of the installation"))
	later := signer(t, "a secret of the installation")
	for kind, token := range made {
		require.Equal(t, []string{kind}, accepts(later, token))
		require.Empty(t, accepts(signer(t, "the secret of another installation"), token))
	}
	found, ok := later.ReadUnsubscribe(made["unsubscribe"])
	require.True(t, ok)
	require.Equal(t, send, found)
	found, target, ok := later.ReadClick(made["click"])
	require.True(t, ok)
	require.Equal(t, []string{send, page}, []string{found, target})
	found, ok = later.ReadAnswer(made["answer"])
	require.True(t, ok)
	require.Equal(t, send, found)
	found, ok = later.ReadOpen(made["open"])
	require.True(t, ok)
	require.Equal(t, send, found)
}

// TestForgedTokens: no change of a token, and no token under another key, is accepted.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	s, random := signer(t, "a secret of the installation"), rand.New(rand.NewPCG(1, 2))
	var originals []string
	for _, token := range tokens(t, s) {
		originals = append(originals, strings.TrimSuffix(token, links.OpenSuffix))
	}
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	for range n {
		original := originals[random.IntN(len(originals))]
		forged := forge(random, original)
		if forged == original {
			continue
		}
		require.Empty(t, accepts(s, forged), forged)
	}
}

func forge(random *rand.Rand, token string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/\n."
	switch random.IntN(6) {
	case 0:
		raw[random.IntN(len(raw))] ^= 1 << random.IntN(8)
	case 1:
		raw = raw[:random.IntN(len(raw))]
	case 2:
		raw = append(raw[:16:16], "send_06e5k3v9q0abcdefghijklmnoq\nhttps://evil.example"...)
	case 3:
		raw = make([]byte, random.IntN(200))
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
	case 4:
		at := random.IntN(len(token))
		return token[:at] + string(letters[random.IntN(len(letters))]) + token[at+1:]
	default:
		at := random.IntN(len(token) + 1)
		return token[:at] + string(letters[random.IntN(len(letters))]) + token[at:]
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestTokenHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	raw, err := base64.RawURLEncoding.DecodeString(tokens(t, signer(t, "a secret"))["unsubscribe"])
	require.NoError(t, err)
	require.Equal(t, send, string(raw[16:]), "the id of the send and nothing else")
}

func TestClickTakesWebAddressesOnly(t *testing.T) {
	t.Parallel()
	s := signer(t, "a secret")
	for _, target := range []string{
		"", "#top", "/path", "mailto:a@b.example", "tel:+123", "javascript:alert(1)", "ftp://a.example", "https://",
		"https://a.example/\r\nX: y", "https://a.example/ b", `https:\\a.example`, "https://a.example/" + strings.Repeat("x", links.MaxTarget),
		s.Unsubscribe(send), s.Open(send),
	} {
		_, ok := s.Click(send, target)
		require.False(t, ok, target)
	}
}
