package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fermata/activities"
	"fermata/api"
)

const (
	// diskWarn and diskFail are how little room there may be for what is kept in the data folder.
	diskWarn = 2 << 30
	diskFail = 256 << 20
	// stepsKeptAtLeast is as long as Temporal keeps closed histories.
	stepsKeptAtLeast = temporalKeeps
)

// settings checks the settings by themselves, and returns which cannot be used.
func (x *examination) settings() map[string]bool {
	unusable := map[string]bool{}
	for _, f := range x.s.Faults() {
		unusable[f.Setting] = true
		x.fail("settings", "set "+f.Setting+" as the message says", "%s: %v", f.Setting, f.Err)
	}
	if len(unusable) == 0 {
		x.ok("settings", "every setting can be used")
	}
	for _, f := range x.s.Weak() {
		x.warn("key-length", "set "+f.Setting+" to a longer one, for example to the output of: openssl rand -hex 32", "%s: %v", f.Setting, f.Err)
	}
	base, _ := url.Parse(x.s.Base())
	switch {
	case x.s.BaseURL == "":
		x.warn("base-url", "set FERMATA_BASE_URL to the https:// address that people and mail programs reach",
			"FERMATA_BASE_URL is not set: links in mails lead to %s", x.s.Base())
	case base == nil || base.Scheme != "https":
		x.warn("base-url", "put a proxy with TLS in front and set FERMATA_BASE_URL to its https:// address",
			"%s is not https: keys, cookies and links in mails travel in clear", x.s.Base())
	default:
		x.ok("base-url", "%s", x.s.Base())
	}
	x.either(x.s.AllowPrivate, GradeWarning, "private-targets", "unset FERMATA_ALLOW_PRIVATE_TARGETS, unless your own services stand there",
		"calls may reach loopback, link-local and private addresses", "calls to private addresses are refused")
	if from, err := mail.ParseAddress(x.s.MailFrom); err == nil {
		_, host, _ := strings.Cut(from.Address, "@")
		x.either(strings.HasSuffix(host, "localdomain") || host == "localhost", GradeWarning, "mail-from",
			"set FERMATA_MAIL_FROM to an address of your domain", "mails that name no sender come from "+from.Address+", which mail servers refuse",
			"mails that name no sender come from "+from.Address)
	}
	x.retention()
	return unusable
}

func (x *examination) retention() {
	now := time.Now().UTC()
	steps := kept(x.s.RetentionSteps)
	short := steps.From(now, time.UTC).Before(now.Add(stepsKeptAtLeast))
	says := fmt.Sprintf("events are kept %s, steps %s after the end of an enrollment", x.s.RetentionEvents, x.s.RetentionSteps)
	x.either(short, GradeWarning, "retention", fmt.Sprintf("set FERMATA_RETENTION_STEPS to %dd or more", int(stepsKeptAtLeast.Hours()/24)),
		says+": timelines go before Temporal's histories", says)
}

// disk looks at the room of the data folder, where something is kept in it.
func (x *examination) disk() {
	dir := x.s.DataDir
	if file, ok := strings.CutPrefix(x.s.Database(), "sqlite:"); ok {
		dir = filepath.Dir(strings.TrimPrefix(file, "//"))
	} else if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		x.ok("disk", "nothing is kept in %s", dir)
		return
	}
	free, total, err := room(dir)
	if err != nil {
		x.fail("disk", "make the folder, and let the program write to it", "%s cannot be looked at: %v", dir, err)
		return
	}
	says := fmt.Sprintf("%s has %s free of %s", dir, bytesText(free), bytesText(total))
	switch mend := "free some space, or shorten the retention"; {
	case free < diskFail:
		x.fail("disk", mend, "%s", says)
	case free < diskWarn:
		x.warn("disk", mend, "%s", says)
	default:
		x.ok("disk", "%s", says)
	}
}

func bytesText(n uint64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// mail connects to the mail server, signs in, and hangs up.
func (x *examination) mail(ctx context.Context) {
	smtp, err := activities.NewSMTP(x.s.SMTPURL)
	if err != nil {
		return // named with the settings
	}
	hello, err := smtp.Greet(ctx)
	if err != nil {
		x.fail("smtp", "check FERMATA_SMTP_URL, the server, its certificate and the password", "%v", err)
		return
	}
	says := []string{smtp.Addr() + " answers"}
	if hello.Encrypted {
		says = append(says, "with TLS")
	} else {
		says = append(says, "without TLS (no STARTTLS offered)")
	}
	switch {
	case hello.SignedIn:
		says = append(says, "signed in")
	case hello.Auth != "":
		says = append(says, "offers AUTH "+hello.Auth+", none is used")
	default:
		says = append(says, "no AUTH")
	}
	host, _, _ := net.SplitHostPort(smtp.Addr())
	text := strings.Join(says, ", ")
	x.either(!hello.Encrypted && !loopback(host), GradeWarning, "smtp", "use a server that offers STARTTLS, or smtps://", text+": mails travel in clear", text)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// outside asks the API as a client would.
func (x *examination) outside(ctx context.Context) {
	base := x.s.Base()
	status, _, err := x.get(ctx, base+"/healthz")
	if err != nil || status != http.StatusOK {
		if err == nil {
			err = fmt.Errorf("status %d", status)
		}
		x.warn("api", "start fermata api, or lead FERMATA_BASE_URL to it", "%s/healthz does not answer: %v", base, err)
		return
	}
	if x.s.APIKey == "" {
		x.ok("api", "%s answers; without FERMATA_API_KEY it was asked nothing else", base)
		return
	}
	status, raw, err := x.get(ctx, base+"/v1/health/engine")
	health := api.EngineHealth{}
	switch {
	case err != nil:
		x.fail("api", "look at its log", "%s answers, but not for the engine: %v", base, err)
		return
	case status == http.StatusUnauthorized:
		x.fail("api", "start it with the same FERMATA_API_KEY", "%s does not let FERMATA_API_KEY in", base)
		return
	case status != http.StatusOK || json.Unmarshal(raw, &health) != nil:
		x.fail("api", "look at its log", "%s answers the question for the engine with status %d", base, status)
		return
	}
	text := fmt.Sprintf("%s answers; it calls the engine %s, Temporal %s, %d runs lost", base, health.Status, health.Temporal, health.Lost)
	x.either(health.Status != GradeOK, GradeWarning, "api", "the checks below name the cause; so do details of GET /v1/health/engine", text, text)
}

func (x *examination) get(ctx context.Context, address string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("prepare request: %w", err)
	}
	if x.s.APIKey != "" {
		request.Header.Set("Authorization", "Bearer "+x.s.APIKey)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("ask the API: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return 0, nil, fmt.Errorf("read answer of the API: %w", err)
	}
	return response.StatusCode, raw, nil
}
