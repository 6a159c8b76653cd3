package app

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"

	"fermata/activities"
	"fermata/interpreter/calendar"
)

// DevKey is the API key of the development server; production refuses it.
const DevKey = "dev-key"

// Settings are all settings of the program: each is a flag and, under the name that
// its env tag gives, a variable of the environment.
type Settings struct {
	HTTPAddr          string  `name:"http-addr" env:"FERMATA_HTTP_ADDR" default:"127.0.0.1:8080" help:"Address of the page (/) and the API (/v1)."`
	DataDir           string  `name:"data-dir" env:"FERMATA_DATA_DIR" default:".fermata" help:"Folder of everything that the embedded default keeps."`
	DatabaseURL       string  `name:"database-url" env:"FERMATA_DATABASE_URL" help:"sqlite:<file> or postgres://…; default: fermata.db in the data folder."`
	TemporalAddr      string  `name:"temporal-addr" env:"FERMATA_TEMPORAL_ADDR" help:"Address of Temporal's frontend; default 127.0.0.1:7233."`
	TemporalNamespace string  `name:"temporal-namespace" env:"FERMATA_TEMPORAL_NAMESPACE" default:"default" help:"Namespace in Temporal."`
	TemporalUIAddr    string  `name:"temporal-ui-addr" env:"FERMATA_TEMPORAL_UI_ADDR" default:"127.0.0.1:8233" help:"Address of Temporal's Web UI, for links."`
	SMTPURL           string  `name:"smtp-url" env:"FERMATA_SMTP_URL" default:"smtp://127.0.0.1:1025" help:"Where mails go: smtp:// or smtps://[user:password@]host:port."`
	SMSURL            string  `name:"sms-url" env:"FERMATA_SMS_URL" help:"Gateway of text messages: http:// or https://…; default none."`
	SMSToken          string  `name:"sms-token" env:"FERMATA_SMS_TOKEN" help:"Sent to the gateway as Authorization: Bearer."`
	SMSFrom           string  `name:"sms-from" env:"FERMATA_SMS_FROM" help:"Sender of text messages: a number or a name; default the gateway's own."`
	APIKey            string  `name:"api-key" env:"FERMATA_API_KEY" help:"The first admin key."`
	SecretKey         string  `name:"secret-key" env:"FERMATA_SECRET_KEY" help:"Encrypts stored secrets."`
	AllowPrivate      bool    `name:"allow-private-targets" env:"FERMATA_ALLOW_PRIVATE_TARGETS" help:"Let calls reach loopback, link-local and private addresses."`
	RetentionEvents   string  `name:"retention-events" env:"FERMATA_RETENTION_EVENTS" default:"400d" help:"How long events are kept."`
	RetentionSteps    string  `name:"retention-steps" env:"FERMATA_RETENTION_STEPS" default:"400d" help:"How long steps are kept after the end of an enrollment."`
	BaseURL           string  `name:"base-url" env:"FERMATA_BASE_URL" help:"Public address of this installation; default http:// and the HTTP address."`
	MailFrom          string  `name:"mail-from" env:"FERMATA_MAIL_FROM" default:"Fermata <fermata@localhost.localdomain>" help:"Sender of mails that name none."`
	Log               string  `name:"log" env:"FERMATA_LOG" default:"info" help:"debug, info, warn or error; a trailing :json writes JSON lines."`
	Timezone          string  `name:"timezone" env:"FERMATA_TIMEZONE" default:"UTC" help:"The account's time zone, until the account is edited."`
	Currency          string  `name:"currency" env:"FERMATA_CURRENCY" default:"USD" help:"The account's currency, until the account is edited."`
	HourlyCost        float64 `name:"hourly-cost" env:"FERMATA_HOURLY_COST" default:"0" help:"Cost of an hour of work, for saved amounts."`
	DefaultConsent    string  `name:"default-consent" env:"FERMATA_DEFAULT_CONSENT" default:"subscribed" help:"Consent of a contact that gave none: subscribed or none."`
	MetricsAddr       string  `name:"metrics-addr" env:"FERMATA_METRICS_ADDR" help:"Address of /healthz, /readyz and /metrics of a process without API."`

	// Dev and SignInCode are set by the development server only; the code opens one session.
	Dev        bool   `kong:"-"`
	SignInCode string `kong:"-"`
}

// Database is the URL of the store.
func (s *Settings) Database() string {
	if s.DatabaseURL != "" {
		return s.DatabaseURL
	}
	return "sqlite:" + s.DataDir + "/fermata.db"
}

// Temporal is the address of Temporal's frontend.
func (s *Settings) Temporal() string {
	if s.TemporalAddr != "" {
		return s.TemporalAddr
	}
	return "127.0.0.1:7233"
}

// Base is the public address, without a trailing slash.
func (s *Settings) Base() string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	return "http://" + s.HTTPAddr
}

// Fault is a setting that cannot be used.
type Fault struct {
	Setting string // the name of its variable
	Err     error
}

// Check checks every setting and names the first one that cannot be used.
func (s *Settings) Check() error {
	if faults := s.Faults(); len(faults) > 0 {
		return fmt.Errorf("%s: %w", faults[0].Setting, faults[0].Err)
	}
	return nil
}

// Faults names every setting that cannot be used.
func (s *Settings) Faults() []Fault {
	checks := []struct {
		name  string
		check func() error
	}{
		{"FERMATA_HTTP_ADDR", func() error { return address(s.HTTPAddr) }},
		{"FERMATA_DATABASE_URL", func() error { return databaseURL(s.Database()) }},
		{"FERMATA_TEMPORAL_ADDR", func() error { return address(s.Temporal()) }},
		{"FERMATA_TEMPORAL_UI_ADDR", func() error { return address(s.TemporalUIAddr) }},
		{"FERMATA_SMTP_URL", func() error { _, err := activities.NewSMTP(s.SMTPURL); return err }},
		{"FERMATA_SMS_URL", func() error { _, err := activities.NewGateway(s.SMSURL, "", ""); return err }},
		{"FERMATA_RETENTION_EVENTS", func() error { return duration(s.RetentionEvents) }},
		{"FERMATA_RETENTION_STEPS", func() error { return duration(s.RetentionSteps) }},
		{"FERMATA_BASE_URL", func() error { return baseURL(s.Base()) }},
		{"FERMATA_MAIL_FROM", func() error { _, err := mail.ParseAddress(s.MailFrom); return err }},
		{"FERMATA_LOG", func() error { _, err := NewLog(s.Log, nil); return err }},
		{"FERMATA_TIMEZONE", func() error { return zone(s.Timezone) }},
		{"FERMATA_CURRENCY", func() error { return currency(s.Currency) }},
		{"FERMATA_HOURLY_COST", func() error { return notNegative(s.HourlyCost) }},
		{"FERMATA_DEFAULT_CONSENT", func() error { return oneOf(s.DefaultConsent, "subscribed", "none") }},
		{"FERMATA_API_KEY", s.checkAPIKey},
		{"FERMATA_SECRET_KEY", s.checkSecretKey},
		{"FERMATA_METRICS_ADDR", s.checkMetricsAddr},
	}
	var faults []Fault
	for _, c := range checks {
		if err := c.check(); err != nil {
			faults = append(faults, Fault{Setting: c.name, Err: err})
		}
	}
	return faults
}

func (s *Settings) checkMetricsAddr() error {
	if s.MetricsAddr == "" {
		return nil
	}
	return address(s.MetricsAddr)
}

func (s *Settings) checkAPIKey() error {
	if !s.Dev && s.APIKey == DevKey {
		return fmt.Errorf("%q is the key of the development server; choose a random one of at least %d characters", DevKey, keyLength)
	}
	return nil
}

func (s *Settings) checkSecretKey() error {
	if s.SecretKey == "" {
		return fmt.Errorf("it encrypts stored secrets and must be set, for example to the output of: openssl rand -hex 32")
	}
	return nil
}

// keyLength is how many characters a key of production should have at least.
const keyLength = 16

// Weak names the keys that can be used but are easily guessed, except in development.
func (s *Settings) Weak() []Fault {
	var weak []Fault
	for _, key := range []struct{ name, value string }{{"FERMATA_API_KEY", s.APIKey}, {"FERMATA_SECRET_KEY", s.SecretKey}} {
		if n := len(key.value); n > 0 && n < keyLength && !s.Dev {
			weak = append(weak, Fault{Setting: key.name, Err: fmt.Errorf("a key should have at least %d characters, this one has %d", keyLength, n)})
		}
	}
	return weak
}

func address(value string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil || port == "" {
		return fmt.Errorf("%q is not host:port", value)
	}
	return nil
}

func databaseURL(value string) error {
	if file, ok := strings.CutPrefix(value, "sqlite:"); ok && file != "" {
		return nil
	}
	if u, err := url.Parse(value); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host+u.RawQuery != "" {
		return nil
	}
	return fmt.Errorf("want sqlite:<file> or postgres://user:password@host/database")
}

func baseURL(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%q is not an http or https address", value)
	}
	return nil
}

func zone(value string) error {
	if _, ok := calendar.Zone(value); !ok {
		return fmt.Errorf("%q is not an IANA time zone like Europe/Berlin", value)
	}
	return nil
}

func duration(value string) error {
	_, err := calendar.ParseDuration(value)
	return err
}

func currency(value string) error {
	if len(value) != 3 || strings.ToUpper(value) != value {
		return fmt.Errorf("%q is not an ISO 4217 code like USD", value)
	}
	return nil
}

func notNegative(value float64) error {
	if value < 0 {
		return fmt.Errorf("%v is negative", value)
	}
	return nil
}

func oneOf(value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
}
