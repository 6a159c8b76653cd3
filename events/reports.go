package events

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/store"
)

// MaxReports is the most reports that one request may carry.
const MaxReports = 100

const maxReportDetail = 1000

// Reasons of suppressions that reports make.
const (
	ReasonBounced    = "bounced"
	ReasonComplained = "complained"
)

// Kinds of bounces.
const (
	BounceHard = "hard"
	BounceSoft = "soft"
)

// reportTypes are the kinds of reports and the events that they become.
var reportTypes = map[string]string{
	ReasonBounced: TypeEmailBounced, ReasonComplained: "email.complained", "replied": "email.replied",
}

// MailReport is what somebody says became of a mail: a mail provider, a mailbox that is watched.
type MailReport struct {
	ID        string // the client's own; empty: there is one report of its kind for a mail
	Kind      string // bounced, complained or replied
	Bounce    string // hard or soft, of a bounce
	MessageID string // without angle brackets
	SendID    string
	Detail    string
	At        *time.Time // nil: now
	Pointer   string     // where it stands in the body
	// Also are further ids that the mail may have. Recipients, when given, are the addresses that the
	// report is about, in lower case.
	Also, Recipients []string
}

// ParseMailReports reads a decoded request body: one report, or {"reports": […]} with 1 to 100 of
// them (batch). It reports everything that is wrong, each with its pointer.
func ParseMailReports(raw any) (list []MailReport, batch bool, wrong []FieldError) {
	p := &problems{}
	body, ok := raw.(map[string]any)
	if !ok {
		p.add("", "must be a report or {\"reports\": [...]}, not "+kindOf(raw), "")
		return nil, false, p.list
	}
	given, batch := body["reports"]
	if !batch {
		return []MailReport{p.report("", body)}, false, p.list
	}
	for _, key := range sortedKeys(body) {
		if key != "reports" {
			p.add(child("", key), fmt.Sprintf("stands beside reports, where %q means nothing", key), "")
		}
	}
	items, ok := given.([]any)
	if !ok || len(items) == 0 || len(items) > MaxReports {
		p.add("/reports", fmt.Sprintf("must be a list of 1 to %d reports", MaxReports), "")
		return nil, true, p.list
	}
	for i, item := range items {
		at := "/reports/" + strconv.Itoa(i)
		object, ok := item.(map[string]any)
		if !ok {
			p.add(at, "must be a report, not "+kindOf(item), "")
			continue
		}
		list = append(list, p.report(at, object))
	}
	return list, true, p.list
}

var reportKeys = []string{"id", "kind", "bounce", "message_id", "send_id", "detail", "at"}

func (p *problems) report(at string, object map[string]any) MailReport {
	r := MailReport{Pointer: at}
	for _, key := range sortedKeys(object) {
		here, value := child(at, key), object[key]
		switch key {
		case "id":
			r.ID = p.clientID(here, value)
		case "kind":
			r.Kind = p.word(here, value, sortedKeys(reportTypes))
		case "bounce":
			r.Bounce = p.word(here, value, []string{BounceHard, BounceSoft})
		case "message_id":
			r.MessageID = strings.Trim(p.short(here, value, 1000), "<> ")
		case "send_id":
			r.SendID = p.short(here, value, maxClientID)
		case "detail":
			r.Detail = p.short(here, value, maxReportDetail)
		case "at":
			r.At = p.instant(here, value)
		default:
			hint := ""
			if near, ok := nearest(strings.ToLower(key), reportKeys); ok {
				hint = "did you mean " + near + "?"
			}
			p.add(here, fmt.Sprintf("a report has no %q", key), hint)
		}
	}
	if _, given := object["kind"]; !given {
		p.add(child(at, "kind"), "is missing", strings.Join(sortedKeys(reportTypes), ", "))
	}
	if (r.MessageID == "") == (r.SendID == "") {
		p.add(at, "names its mail by message_id or by send_id", "give one of them")
	}
	if (r.Kind == ReasonBounced) != (r.Bounce != "") && len(p.list) == 0 {
		p.add(child(at, "bounce"), "belongs to a bounce, and a bounce needs it", "hard or soft")
	}
	return r
}

func (p *problems) word(at string, value any, words []string) string {
	s, _ := value.(string)
	if !slices.Contains(words, s) {
		p.add(at, "must be one of "+strings.Join(words, ", "), "")
		return ""
	}
	return s
}

func (p *problems) short(at string, value any, limit int) string {
	if value == nil {
		return ""
	}
	s, ok := value.(string)
	if !ok || utf8.RuneCountInString(s) > limit || strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		p.add(at, fmt.Sprintf("must be a text of up to %d characters", limit), "")
		return ""
	}
	return strings.TrimSpace(s)
}

// Reported is what a report led to.
type Reported struct {
	Event     string // id of the event
	Duplicate bool
	Contact   string
	// Other: the report is about another recipient of the mail than the contact, and changed nothing.
	Other bool
	// Unsubscribed: the contact wants no mails any more, and that is new.
	Unsubscribed bool
}

// ReportMail takes one report: it writes the event with the data of the mail, suppresses an address
// that does not exist or whose owner complained, and takes who complained off the list. The same
// report again changes nothing. It fails with *InvalidError when there is no such mail.
func ReportMail(tx *store.Tx, r MailReport, source string, now time.Time) (Reported, error) {
	id, err := r.send(tx)
	if err != nil {
		return Reported{}, err
	}
	send, c, err := LockSend(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Reported{}, r.unknown()
	}
	if err != nil {
		return Reported{}, err
	}
	if len(r.Recipients) > 0 && !slices.Contains(r.Recipients, recipient(send, c)) {
		return Reported{Contact: c.ID, Other: true}, nil
	}
	more := map[string]any{}
	if r.Bounce != "" {
		more["bounce"] = r.Bounce
	}
	if r.Detail != "" {
		more["detail"] = r.Detail
	}
	draft := sendEvent(c, send, reportTypes[r.Kind], r.Bounce+"\x00"+r.ID, now, more)
	draft.Source = source
	if r.At != nil {
		draft.OccurredAt = *r.At
	}
	done := Reported{Event: draft.ID, Contact: c.ID}
	// What it means for the contact comes first, so that whoever hears the event finds it.
	known, err := tx.KnownEvents([]string{draft.ID})
	if err != nil {
		return done, fmt.Errorf("read event: %w", err)
	}
	if known[draft.ID] {
		done.Duplicate = true
		return done, nil
	}
	if r.Kind == ReasonComplained {
		if done.Unsubscribed, err = takeOff(tx, c, "mail: complaint", now); err != nil {
			return done, err
		}
	}
	if r.Kind == ReasonComplained || r.Bounce == BounceHard {
		if err := suppressAddress(tx, send, c, r.Kind, now); err != nil {
			return done, err
		}
	}
	if _, err := Append(tx, draft); err != nil {
		return done, fmt.Errorf("report mail: %w", err)
	}
	return done, nil
}

// Bounced reports that the server of the recipient refused the address of a mail for good, while the
// mail was handed over. The contact is locked.
func Bounced(tx *store.Tx, send *store.Send, c *store.Contact, now time.Time) error {
	if err := suppressAddress(tx, send, c, ReasonBounced, now); err != nil {
		return err
	}
	draft := sendEvent(c, send, TypeEmailBounced, BounceHard+"\x00", now, map[string]any{"bounce": BounceHard})
	if _, err := Append(tx, draft); err != nil {
		return fmt.Errorf("report bounce: %w", err)
	}
	return nil
}

// send finds the id of the mail that a report is about.
func (r MailReport) send(tx *store.Tx) (string, error) {
	if r.SendID != "" {
		return r.SendID, nil
	}
	for _, id := range append([]string{r.MessageID}, r.Also...) {
		send, err := tx.SendByMessageID(id)
		if err == nil {
			return send.ID, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return "", fmt.Errorf("read send: %w", err)
		}
	}
	return "", r.unknown()
}

func (r MailReport) unknown() error {
	field := "message_id"
	if r.SendID != "" {
		field = "send_id"
	}
	return &InvalidError{Fields: []FieldError{{
		Pointer: child(r.Pointer, field), Message: "no mail has this id", Hint: "GET /v1/sends lists them",
	}}}
}

// suppressAddress keeps the address of a mail from getting more. A mail to several addresses says nothing
// about any one of them but the contact's own. An earlier reason stays, but for a complaint.
func suppressAddress(tx *store.Tx, send *store.Send, c *store.Contact, reason string, now time.Time) error {
	address := recipient(send, c)
	if address == "" {
		return nil
	}
	_, err := tx.Suppression(address, channelEmail)
	if err == nil && reason != ReasonComplained {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("read suppressions: %w", err)
	}
	if err := tx.PutSuppression(&store.Suppression{Address: address, Channel: channelEmail, Reason: reason, CreatedAt: now}); err != nil {
		return fmt.Errorf("suppress address: %w", err)
	}
	return nil
}

func recipient(send *store.Send, c *store.Contact) string {
	list, err := mail.ParseAddressList(send.ToAddress)
	if err != nil {
		return ""
	}
	for _, one := range list {
		if len(list) == 1 || strings.EqualFold(one.Address, text(c.Email)) {
			return strings.ToLower(one.Address)
		}
	}
	return ""
}
