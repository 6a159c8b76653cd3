package api

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/links"
	"fermata/outgoing"
	"fermata/store"
)

// Operator carries out what a person decides about one enrollment; *events.Operator is one. Each
// call is one transaction, audited, and returns store.ErrNotFound for an unknown enrollment and
// *events.RefusedError when its state does not allow the call. Person is who asked.
type Operator interface {
	// Exit ends an active enrollment at once with this reason and outcome.
	Exit(ctx context.Context, id, reason, outcome, person string) error
	// Skip leaves the current step by port; "" is the main port.
	Skip(ctx context.Context, id, port, person string) error
	// Retry runs a held step again.
	Retry(ctx context.Context, id, person string) error
	// Release ends a person's hold, or lets an enrollment out of a hold node by port; "" is the main port.
	Release(ctx context.Context, id, port, person string) error
	// Move begins a node of the version that the enrollment runs (0), or of another published one.
	Move(ctx context.Context, id, node string, version int, person string) error
	// Hold keeps an enrollment where it is.
	Hold(ctx context.Context, id, reason, person string) error
	// Preview counts what an order would do to many, until stop says that time is up.
	Preview(tx *store.Tx, order events.Order, s events.Selection, stop func() bool) (*events.OperatePreview, error)
}

// Effects carries out what a person decides about an effect outside whose outcome nobody knows. It
// returns store.ErrNotFound for an unknown enrollment and *events.RefusedError where there is no such
// effect.
type Effects interface {
	// MarkSent notes that it was carried out.
	MarkSent(ctx context.Context, d outgoing.Doubt) error
	// Resend carries it out once more under the same key, and waits a moment for the outcome.
	Resend(ctx context.Context, d outgoing.Doubt) error
}

// SecretBox encrypts a secret before the store sees it. A secret is write-only here: what the API
// opens are the addresses of inbound webhooks, to show them again, and the secrets that their calls
// are signed with. Name is to be authenticated with the value, so that one secret cannot be put in
// the place of another.
type SecretBox interface {
	Seal(name string, plain []byte) (cipher, nonce []byte, err error)
	Open(name string, cipher, nonce []byte) (string, error)
}

// Mailer hands one mail to a server: nil when it has taken it.
type Mailer interface {
	Send(ctx context.Context, m outgoing.Message) error
}

// Caller makes one HTTP call; the answer is also given for one that is no success.
type Caller interface {
	Do(ctx context.Context, r outgoing.Request) (outgoing.Answer, error)
}

// Lookups answers what a rehearsal needs to know of this installation. It reads the store.
type Lookups struct {
	Catalog definition.Catalog
	Account *store.Account
	// Contact is the contact that the request names, nil when it names none that exists.
	Contact *store.Contact
	Tx      *store.Tx
}

// Rehearse runs a definition on the real interpreter in virtual time, effects stubbed. A request
// that cannot be rehearsed as it stands is an *events.InvalidError.
type Rehearse func(ctx context.Context, def *definition.Definition, req gen.RehearseRequest, l Lookups) (*gen.RehearseResult, error)

// Config is everything that the API depends on.
type Config struct {
	// Store holds all rows; required.
	Store *store.Store
	// Intake accepts events; required.
	Intake *events.Intake
	// Definitions caches compiled definitions; default a cache of 256.
	Definitions *events.Definitions
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Log takes one line for each failed request; default slog.Default().
	Log *slog.Logger
	// BootstrapKey is the first admin key; default none, then only stored keys work.
	BootstrapKey string
	// BootstrapPerson is who the bootstrap key belongs to, in the audit; default "bootstrap key".
	BootstrapPerson string
	// SignInCode, when set, opens one session of the bootstrap key within the next 15 minutes. Only a
	// development server has one; default none.
	SignInCode string
	// Dev is told to the page: there is a mail sink, and nothing leaves. Default false.
	Dev bool
	// Page are the files of the built page, with index.html at their top; default none, then / says
	// how to build it.
	Page fs.FS
	// SecretBox encrypts secrets; default none, then PUT /v1/secrets answers not_available, and so
	// does publishing a webhook trigger.
	SecretBox SecretBox
	// BaseURL is where this API is reached from outside, for the addresses of webhooks; default "",
	// then they are paths.
	BaseURL string
	// Links reads the addresses that mails carry; default none, then those pages do not exist.
	Links *links.Signer
	// Mailer hands test mails to the server that real ones go to; default none, then sending one
	// answers not_available.
	Mailer Mailer
	// MailFrom is the sender of mails that name none.
	MailFrom string
	// SMS: there is a gateway for text messages; default false, then nothing that sends one can be
	// published.
	SMS bool
	// Caller makes HTTP calls with the checks of a real step; default none, then trying one answers
	// not_available.
	Caller Caller
	// Operator carries out exit, skip, retry, release and hold; default none, then they answer not_available.
	Operator Operator
	// Effects carries out mark_sent and resend; default none, then they answer not_available.
	Effects Effects
	// Rehearse runs rehearsals; default none, then they answer not_available.
	Rehearse Rehearse
	// TemporalURL is the address of an enrollment in Temporal's Web UI, "" when it is not kept there
	// any more; default none, then temporal_url is null.
	TemporalURL func(e *store.Enrollment) string
	// Erased is told after a contact was erased, so that what the store does not hold can go as well:
	// the mail sink of a development server. Default none.
	Erased func(ctx context.Context, what events.Erased)
	// EngineHealth answers GET /v1/health/engine; its status decides nothing here. Default: status
	// "down" with a detail.
	EngineHealth func(ctx context.Context) EngineHealth
	// Stopping is closed when the process is to stop, and ends all streams: a server that shuts down
	// waits for its answers to end. Default: they end with their clients only.
	Stopping <-chan struct{}
	// Ready answers GET /readyz: nil is ready. Default: the store answers.
	Ready func(ctx context.Context) error
	// Extra are handlers by path for what is outside the document, like /metrics; a path that ends
	// in "/" serves everything below it. They are public. Default none.
	Extra map[string]http.Handler
}

// EngineHealth is the answer of GET /v1/health/engine.
type EngineHealth struct {
	Status         string         `json:"status"` // ok, degraded or down
	Temporal       string         `json:"temporal"`
	Pollers        map[string]int `json:"pollers"`
	RouterAgeS     float64        `json:"router_age_s"`
	DispatcherAgeS float64        `json:"dispatcher_age_s"`
	Wedged         int            `json:"wedged"`
	Late           int            `json:"late"`
	Lost           int            `json:"lost"`
	// Details name what is wrong, some of each kind.
	Details []HealthDetail `json:"details"`
}

// HealthDetail is one thing that is wrong with the engine.
type HealthDetail struct {
	Kind    string     `json:"kind"`              // temporal, store, pollers, enrollment or contact
	Subject string     `json:"subject,omitempty"` // the queue, or the id of the enrollment or contact
	Cause   string     `json:"cause"`
	Since   *time.Time `json:"since,omitempty"`
}

func (c *Config) validate() error {
	if c.Store == nil {
		return errors.New("make api: Store is missing")
	}
	if c.Intake == nil {
		return errors.New("make api: Intake is missing")
	}
	return nil
}

func (c *Config) fill() {
	if c.Definitions == nil {
		c.Definitions = events.NewDefinitions(256)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.BootstrapPerson == "" {
		c.BootstrapPerson = "bootstrap key"
	}
	if c.Ready == nil {
		c.Ready = c.Store.Ping
	}
}
