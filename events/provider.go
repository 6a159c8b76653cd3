package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Mail providers whose reports are understood as they send them.
const (
	ProviderSES      = "ses"
	ProviderPostmark = "postmark"
	ProviderMailgun  = "mailgun"
	ProviderSendGrid = "sendgrid"
)

// providers read the body of a provider's call.
var providers = map[string]func(body []byte, out *ProviderReports) error{
	ProviderSES: readSES, ProviderPostmark: readPostmark, ProviderMailgun: readMailgun, ProviderSendGrid: readSendGrid,
}

// Providers lists the mail providers, sorted.
func Providers() []string { return sortedKeys(providers) }

// ProviderReports are what one call of a mail provider says.
type ProviderReports struct {
	Reports []MailReport
	// Ignored counts what means nothing here, by what the provider calls it.
	Ignored map[string]int
	// Confirm is the address that confirms a subscription when it is asked for; "" for none.
	Confirm string
}

// Reasons of Ignored that are no type of the provider's.
const (
	// IgnoredUnknown: the report is about no mail that was sent from here.
	IgnoredUnknown = "unknown_mail"
	// IgnoredOther: the report is about another recipient of a mail than its contact.
	IgnoredOther = "other_recipient"
	ignoredNoID  = "no_message_id"
)

// ParseProvider reads the body of a provider's call, and reports what is wrong with one that the
// provider cannot have sent.
func ParseProvider(provider string, body []byte) (*ProviderReports, []FieldError) {
	out := &ProviderReports{Ignored: map[string]int{}}
	err := providers[provider](body, out)
	if wrong, ok := errors.AsType[*InvalidError](err); ok {
		return nil, wrong.Fields
	}
	if err != nil {
		return nil, []FieldError{{Message: "is nothing that " + provider + " sends: " + describe(err), Hint: "this address is for the webhooks of " + provider}}
	}
	return out, nil
}

// describe says what is wrong with JSON without repeating its values.
func describe(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("%q is not to be of type %s", wrong.Field, strings.Fields(wrong.Value)[0])
	}
	return "it is no JSON"
}

func missing(pointer, hint string) error {
	return &InvalidError{Fields: []FieldError{{Pointer: pointer, Message: "is missing", Hint: hint}}}
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$`)

// Ignore counts something that means nothing here.
func (p *ProviderReports) Ignore(what string) {
	if !plainWord.MatchString(what) || len(p.Ignored) >= 20 && p.Ignored[what] == 0 {
		what = "other"
	}
	p.Ignored[what]++
}

// add takes a report about the first of some ids that is one; a mail without one is none of ours.
func (p *ProviderReports) add(r MailReport, ids ...string) {
	for _, id := range ids {
		if id = strings.Trim(plainText(id, maxReportID), "<> "); id != "" && !slices.Contains(r.Also, id) {
			r.Also = append(r.Also, id)
		}
	}
	if len(r.Also) == 0 {
		p.Ignore(ignoredNoID)
		return
	}
	r.MessageID, r.Also = r.Also[0], r.Also[1:]
	r.ID, r.Detail = plainText(r.ID, maxClientID), plainText(r.Detail, maxReportDetail)
	if r.Bounce != BounceSoft {
		r.ID = "" // one hard bounce, and one complaint, of a mail
	}
	p.Reports = append(p.Reports, r)
}

const maxReportID = 1000

// plainText is a text of a provider as the store can keep it, cut to a number of characters.
func plainText(s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", ""))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// address is a recipient as a provider writes it, without a name.
func address(s string) string {
	if parsed, err := mail.ParseAddress(s); err == nil {
		s = parsed.Address
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// reportedAt reads an instant as providers write it; nil: now.
func reportedAt(s string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return nil
	}
	at = at.UTC().Truncate(time.Microsecond)
	return &at
}

// epoch reads seconds since 1970; nil: now.
func epoch(seconds float64) *time.Time {
	if seconds < 1 || seconds > 1e11 {
		return nil
	}
	at := time.UnixMicro(int64(seconds * 1e6)).UTC()
	return &at
}
