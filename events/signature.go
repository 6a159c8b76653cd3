package events

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// signatureTolerance is how far the clock of a sender may be off, and how late a delivery may come.
const signatureTolerance = 5 * time.Minute

// ErrSignature is wrapped by every reason not to believe a signature.
var ErrSignature = errors.New("the signature is not valid")

// SigningKey reads a secret as the Standard Webhooks specification writes it (whsec_ and base64), or
// takes its bytes as they are. Outbound calls sign with it and inbound ones are checked by it.
func SigningKey(secret string) (*standardwebhooks.Webhook, error) {
	if secret == "" {
		return nil, errors.New("read signing key: it is empty")
	}
	if key, err := standardwebhooks.NewWebhook(secret); err == nil {
		return key, nil
	}
	key, err := standardwebhooks.NewWebhookRaw([]byte(secret))
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return key, nil
}

// CheckSignature checks the three headers of the Standard Webhooks specification against a body:
// each once, the timestamp as a plain number at most five minutes off now, and at least one
// signature of version 1 that fits. Several signatures, of a key that is being replaced, stand side
// by side with one space between them.
func CheckSignature(secret string, header http.Header, body []byte, now time.Time) error {
	for _, name := range []string{standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature} {
		if len(header.Values(name)) != 1 || header.Get(name) == "" {
			return fmt.Errorf("%w: %s must be given once", ErrSignature, name)
		}
	}
	stamp := header.Get(standardwebhooks.HeaderWebhookTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || strconv.FormatInt(seconds, 10) != stamp {
		return fmt.Errorf("%w: the timestamp is not a number", ErrSignature)
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > signatureTolerance || off < -signatureTolerance {
		return fmt.Errorf("%w: the timestamp is more than %s off", ErrSignature, signatureTolerance)
	}
	for one := range strings.SplitSeq(header.Get(standardwebhooks.HeaderWebhookSignature), " ") {
		// The library reads past what follows a second comma; nothing may hide there.
		if version, value, found := strings.Cut(one, ","); !found || version == "" || value == "" || strings.Contains(value, ",") {
			return fmt.Errorf("%w: it is not written v1,<base64>", ErrSignature)
		}
	}
	key, err := SigningKey(secret)
	if err != nil {
		return err
	}
	// The library's own check of the timestamp asks the clock of the machine.
	if err := key.VerifyIgnoringTimestamp(body, header); err != nil {
		return fmt.Errorf("%w: no signature fits", ErrSignature)
	}
	return nil
}
