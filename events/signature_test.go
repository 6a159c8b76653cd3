package events

import (
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
)

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func signed(t *testing.T, secret, id string, at time.Time, body []byte) http.Header {
	t.Helper()
	key, err := SigningKey(secret)
	require.NoError(t, err)
	signature, err := key.Sign(id, at, body)
	require.NoError(t, err)
	return http.Header{
		"Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signature},
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	now, body := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC), []byte(`{"a": 1}`)
	for _, secret := range []string{testSecret, "any words at all", base64.StdEncoding.EncodeToString([]byte("plain base64"))} {
		require.NoError(t, CheckSignature(secret, signed(t, secret, "msg_1", now, body), body, now))
		require.NoError(t, CheckSignature(secret, signed(t, secret, "msg_1", now, body), body, now.Add(5*time.Minute)))
		require.ErrorIs(t, CheckSignature(secret, signed(t, secret, "msg_1", now, body), body, now.Add(5*time.Minute+time.Second)), ErrSignature)
		require.ErrorIs(t, CheckSignature(secret, signed(t, secret, "msg_1", now, body), body, now.Add(-6*time.Minute)), ErrSignature)
		require.ErrorIs(t, CheckSignature(secret+"x", signed(t, secret, "msg_1", now, body), body, now), ErrSignature)
	}
	two := signed(t, testSecret, "msg_1", now, body)
	two.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(make([]byte, 32))+" "+two.Get("Webhook-Signature"))
	require.NoError(t, CheckSignature(testSecret, two, body, now), "a key that is being replaced signs beside its successor")
	for _, name := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		missing := signed(t, testSecret, "msg_1", now, body)
		missing.Del(name)
		require.ErrorIs(t, CheckSignature(testSecret, missing, body, now), ErrSignature)
		twice := signed(t, testSecret, "msg_1", now, body)
		twice.Add(name, twice.Get(name))
		require.ErrorIs(t, CheckSignature(testSecret, twice, body, now), ErrSignature)
	}
	_, err := SigningKey("")
	require.Error(t, err)
}

// TestMutatedSignatures changes one delivery in every way that it can think of: none may pass.
func TestMutatedSignatures(t *testing.T) {
	t.Parallel()
	count := sizes.Of(20_000, 100_000)
	now, body := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC), []byte(`{"order": "A-1", "amount": 497}`)
	whole := signed(t, testSecret, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", now, body)
	require.NoError(t, CheckSignature(testSecret, whole, body, now))
	random := rand.New(rand.NewPCG(3, 9))
	names := []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", ""}
	for i := range count {
		header, payload := whole.Clone(), body
		name := names[random.IntN(len(names))]
		if name == "" {
			payload = mutate(random, body)
		} else {
			header[name] = []string{string(mutate(random, []byte(whole.Get(name))))}
		}
		if header.Get(name) == whole.Get(name) && string(payload) == string(body) {
			continue
		}
		require.ErrorIs(t, CheckSignature(testSecret, header, payload, now), ErrSignature, "mutation %d: %v %s", i, header, payload)
	}
}

func mutate(random *rand.Rand, in []byte) []byte {
	out := append([]byte{}, in...)
	at := random.IntN(len(out))
	switch random.IntN(7) {
	case 0:
		out[at] ^= 1 << random.IntN(8)
	case 1:
		out[at] = byte(random.IntN(256))
	case 2:
		out = append(out[:at], out[at+1:]...)
	case 3:
		out = append(out[:at], append([]byte{in[at]}, out[at:]...)...)
	case 4:
		out = out[:at]
	case 5:
		extra := []string{"0", "+", " ", ",", ",v1", "=", "\x00", "v1,", " v1,", "."}
		if random.IntN(2) == 0 {
			return append([]byte(extra[random.IntN(len(extra))]), out...)
		}
		return append(out, extra[random.IntN(len(extra))]...)
	default:
		other := random.IntN(len(out))
		out[at], out[other] = out[other], out[at]
	}
	return out
}
