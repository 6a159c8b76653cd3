package links

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Paths below the public address, each followed by a token.
const (
	UnsubscribePath = "/u/"
	ClickPath       = "/l/"
	OpenPath        = "/o/"
	AnswerPath      = "/answer/"
	// OpenSuffix ends the address of a pixel.
	OpenSuffix = ".gif"
)

const (
	// macSize is how many bytes of the signature a token carries.
	macSize = 16
	// MaxTarget is the longest address that is put into a token, in bytes.
	MaxTarget = 4096
	// maxToken is the longest token that is looked at.
	maxToken = 8192
	// maxSend is the longest id of a send.
	maxSend = 100
)

// purposes name the keys that are derived from the installation's secret.
var purposes = []string{UnsubscribePath, ClickPath, OpenPath, AnswerPath}

// Signer makes and reads the addresses in mails. It is safe for concurrent use.
type Signer struct {
	base string
	keys map[string][]byte
}

// New makes the signer of an installation: secret is its secret key, base its public
// address without a trailing slash. The same secret reads what it has signed before.
func New(secret, base string) (*Signer, error) {
	s := &Signer{base: strings.TrimRight(base, "/"), keys: map[string][]byte{}}
	for _, purpose := range purposes {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "fermata mail links v1 "+purpose, 32)
		if err != nil {
			return nil, fmt.Errorf("derive key: %w", err)
		}
		s.keys[purpose] = key
	}
	return s, nil
}

// Unsubscribe is the address that takes the contact of a send off the list.
func (s *Signer) Unsubscribe(send string) string {
	return s.base + UnsubscribePath + s.sign(UnsubscribePath, send)
}

// ReadUnsubscribe returns the send of an unsubscribe token.
func (s *Signer) ReadUnsubscribe(token string) (send string, ok bool) {
	return s.read(UnsubscribePath, token)
}

// Open is the address of the pixel of a send.
func (s *Signer) Open(send string) string {
	return s.base + OpenPath + s.sign(OpenPath, send) + OpenSuffix
}

// ReadOpen returns the send of the last part of a pixel's address.
func (s *Signer) ReadOpen(file string) (send string, ok bool) {
	token, ok := strings.CutSuffix(file, OpenSuffix)
	if !ok {
		return "", false
	}
	return s.read(OpenPath, token)
}

// Answer is the address of the page on which one person answers a question.
func (s *Signer) Answer(ask string) string {
	return s.base + AnswerPath + s.sign(AnswerPath, ask)
}

// ReadAnswer returns the question of an answer token.
func (s *Signer) ReadAnswer(token string) (ask string, ok bool) {
	return s.read(AnswerPath, token)
}

// Click is the address that leads to target by way of this installation. ok is false
// for what is not to be rewritten: no http(s) address, a very long one, or one of the
// addresses that a Signer makes.
func (s *Signer) Click(send, target string) (address string, ok bool) {
	own := slices.ContainsFunc(purposes, func(path string) bool { return strings.HasPrefix(target, s.base+path) })
	if own || !Followed(target) {
		return "", false
	}
	return s.base + ClickPath + s.sign(ClickPath, send+"\n"+target), true
}

// ReadClick returns the send and the target of a click token.
func (s *Signer) ReadClick(token string) (send, target string, ok bool) {
	body, ok := s.read(ClickPath, token)
	if !ok {
		return "", "", false
	}
	send, target, ok = strings.Cut(body, "\n")
	return send, target, ok && Followed(target)
}

// Followed reports whether an address is one that clicks are counted on.
func Followed(target string) bool {
	if len(target) > MaxTarget || strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return false
	}
	u, err := url.Parse(target)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func (s *Signer) sign(purpose, body string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.mac(purpose, body), body...))
}

func (s *Signer) read(purpose, token string) (body string, ok bool) {
	if len(token) > maxToken {
		return "", false
	}
	// Strict: of several spellings of the same bytes only the one that was made counts.
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) <= macSize || strings.ContainsAny(token, "\r\n") {
		return "", false
	}
	body = string(raw[macSize:])
	if !hmac.Equal(raw[:macSize], s.mac(purpose, body)) {
		return "", false
	}
	if send, _, _ := strings.Cut(body, "\n"); len(send) > maxSend {
		return "", false
	}
	return body, true
}

func (s *Signer) mac(purpose, body string) []byte {
	mac := hmac.New(sha256.New, s.keys[purpose])
	mac.Write([]byte(body))
	return mac.Sum(nil)[:macSize]
}
