package activities

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"fermata/outgoing"
)

const (
	// maxAnswer caps what is read of an answer, in bytes.
	maxAnswer = 64 << 10
	// maxRedirects is how many redirects a call follows; each target is checked.
	maxRedirects = 3
)

// Caller makes HTTP calls. Unless private targets are allowed, the address that a
// name resolves to is checked when the connection is made, also after redirects,
// so that neither DNS rebinding nor a redirect reaches a private network.
type Caller struct {
	client *http.Client
}

// NewCaller makes a Caller. allowPrivate opens loopback, link-local and private ranges.
func NewCaller(allowPrivate bool) *Caller { return newCaller(newDialer(allowPrivate)) }

func newDialer(allowPrivate bool) *net.Dialer {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	if !allowPrivate {
		dialer.Control = ssrf.New(ssrf.WithAnyPort()).Safe
	}
	return dialer
}

func newCaller(dialer *net.Dialer) *Caller {
	transport := &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    10,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &Caller{client: &http.Client{Transport: transport, CheckRedirect: checkRedirect}}
}

func checkRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if next.URL.Scheme != "http" && next.URL.Scheme != "https" {
		return fmt.Errorf("redirect to scheme %q", next.URL.Scheme)
	}
	if next.URL.Host != via[0].URL.Host {
		// Credentials and signatures were meant for the first host only.
		for name := range next.Header {
			if name != "User-Agent" && name != "Content-Type" && name != "Accept" {
				next.Header.Del(name)
			}
		}
	}
	return nil
}

// Do makes the call. Any 2xx is success; every other end is a *SendError.
func (c *Caller) Do(ctx context.Context, r outgoing.Request) (outgoing.Answer, error) {
	target, err := url.Parse(r.URL)
	if err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		return outgoing.Answer{}, &SendError{Code: "bad_url", Final: true, err: errors.New("the URL is not an http or https URL")}
	}
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(r.Body))
	if err != nil {
		return outgoing.Answer{}, &SendError{Code: "bad_request", Final: true, err: err}
	}
	request.Header.Set("User-Agent", "Fermata")
	if len(r.Body) > 0 && r.ContentType != "" {
		request.Header.Set("Content-Type", r.ContentType)
	}
	for name, value := range r.Headers {
		request.Header.Set(name, value)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return outgoing.Answer{}, classifyCall(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	answer := outgoing.Answer{Status: response.StatusCode, Header: response.Header, Body: body}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		// The other side has said yes: a body that broke off changes nothing.
		return answer, nil
	}
	if err != nil {
		return answer, &SendError{Code: "http_broken", Unknown: true, err: err}
	}
	return answer, refused(response, body)
}

// refused reads an answer that is not 2xx. 408, 425, 429 and every 5xx pass by
// themselves; any other refusal is final.
func refused(response *http.Response, body []byte) error {
	status := response.StatusCode
	e := &SendError{
		Code: "http_" + strconv.Itoa(status),
		err:  fmt.Errorf("answer %d: %s", status, strings.TrimSpace(string(body[:min(len(body), 500)]))),
	}
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), response.Header.Get("Date"))
	default:
		e.Final = true
	}
	return e
}

// retryAfter reads the header as RFC 9110 defines it: seconds or a date, which is
// compared with the other side's own clock.
func retryAfter(value, date string) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return min(time.Duration(seconds)*time.Second, 24*time.Hour)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(from), 24*time.Hour))
}

// classifyCall reads a transport error: a connection that was never made is safe
// to repeat; one that broke afterwards leaves the outcome unknown.
func classifyCall(err error) error {
	// Its text quotes the URL, and the path of a URL may be a secret.
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err
	}
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrProhibitedPort):
		return &SendError{Code: "private_target", Final: true, err: errors.New("the target is on a private network")}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return &SendError{Code: "dns", err: err}
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return &SendError{Code: "connect", err: err}
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return &SendError{Code: "tls", err: err}
	}
	code := "http_broken"
	if errors.Is(err, context.DeadlineExceeded) {
		code = "timeout"
	}
	return &SendError{Code: code, Unknown: true, err: err}
}
