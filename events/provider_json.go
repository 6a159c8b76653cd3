package events

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// PostmarkMetadata is the header by which Postmark gives our Message-ID back, which it replaces in the
// mail: as Metadata, under PostmarkKey. A value has at most PostmarkMost characters.
const (
	PostmarkMetadata = "X-PM-Metadata-" + PostmarkKey
	PostmarkKey      = "message-id"
	PostmarkMost     = 80
)

// postmarkBounces are the bounces of Postmark that are one: the others are answers of people and
// machines, or what somebody did at Postmark.
var postmarkBounces = map[string]string{
	"HardBounce": BounceHard, "BadEmailAddress": BounceHard,
	"SoftBounce": BounceSoft, "Transient": BounceSoft, "DnsError": BounceSoft, "SpamNotification": BounceSoft, "Blocked": BounceSoft,
}

func readPostmark(body []byte, out *ProviderReports) error {
	var record struct {
		RecordType, Type, MessageID, Email, Details, Description, BouncedAt string
		ID                                                                  json.Number
		Metadata                                                            map[string]string
	}
	if err := json.Unmarshal(body, &record); err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	r := MailReport{
		ID: record.ID.String(), Detail: firstText(record.Details, record.Description), At: reportedAt(record.BouncedAt),
		Recipients: []string{address(record.Email)},
	}
	switch {
	case record.RecordType == "":
		return missing("/RecordType", "Bounce or SpamComplaint")
	case record.RecordType == "SpamComplaint":
		r.Kind = ReasonComplained
	case record.RecordType == "Bounce" && postmarkBounces[record.Type] != "":
		r.Kind, r.Bounce = ReasonBounced, postmarkBounces[record.Type]
	case record.RecordType == "Bounce":
		out.Ignore(record.Type)
		return nil
	default:
		out.Ignore(record.RecordType)
		return nil
	}
	out.add(r, record.Metadata[PostmarkKey], record.MessageID)
	return nil
}

func readMailgun(body []byte, out *ProviderReports) error {
	var call struct {
		Data *struct {
			Event, Severity, ID, Recipient, Reason string
			Timestamp                              float64
			Message                                struct {
				Headers struct {
					ID string `json:"message-id"`
				}
			}
			Status struct {
				Message, Description string
			} `json:"delivery-status"`
		} `json:"event-data"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	e := call.Data
	if e == nil || e.Event == "" {
		return missing("/event-data/event", "failed or complained")
	}
	r := MailReport{
		ID: e.ID, Detail: firstText(e.Status.Message, e.Status.Description, e.Reason), At: epoch(e.Timestamp),
		Recipients: []string{address(e.Recipient)},
	}
	switch {
	case e.Event == ReasonComplained:
		r.Kind = ReasonComplained
	case e.Event == "failed" && (e.Reason == "suppress-unsubscribe" || e.Reason == "suppress-complaint"):
		out.Ignore(e.Reason) // Mailgun has not sent it, and says nothing new
		return nil
	case e.Event == "failed":
		r.Kind, r.Bounce = ReasonBounced, BounceSoft
		if e.Severity == "permanent" && (e.Reason == "bounce" || e.Reason == "suppress-bounce") {
			r.Bounce = BounceHard // permanent are also mails that it gave up, and blocked ones
		}
	default:
		out.Ignore(e.Event)
		return nil
	}
	out.add(r, e.Message.Headers.ID)
	return nil
}

func readSendGrid(body []byte, out *ProviderReports) error {
	var list []struct {
		Event, Type, Email, Reason string
		Timestamp                  float64
		EventID                    string `json:"sg_event_id"`
		SMTPID                     string `json:"smtp-id"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	for i := range list {
		e := &list[i]
		r := MailReport{ID: e.EventID, Detail: e.Reason, At: epoch(e.Timestamp), Recipients: []string{address(e.Email)}}
		switch {
		case e.Event == "":
			return missing(child(child("", strconv.Itoa(i)), "event"), "bounce or spamreport")
		case e.Event == "spamreport":
			r.Kind = ReasonComplained
		case e.Event == "bounce" && e.Type == "blocked":
			r.Kind, r.Bounce = ReasonBounced, BounceSoft
		case e.Event == "bounce", e.Event == "dropped" && e.Reason == "Bounced Address":
			r.Kind, r.Bounce = ReasonBounced, BounceHard
		default:
			out.Ignore(e.Event)
			continue
		}
		out.add(r, e.SMTPID)
	}
	return nil
}
