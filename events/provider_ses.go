package events

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// snsMessage is what Amazon SNS posts. With raw delivery the notice of SES stands there itself.
type snsMessage struct {
	Type         string
	Message      string
	SubscribeURL string
}

type sesNotice struct {
	NotificationType string `json:"notificationType"`
	EventType        string `json:"eventType"`
	Mail             struct {
		MessageID string `json:"messageId"`
		Headers   []struct {
			Name, Value string
		} `json:"headers"`
		CommonHeaders struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
	} `json:"mail"`
	Bounce struct {
		BounceType string         `json:"bounceType"`
		Recipients []sesRecipient `json:"bouncedRecipients"`
		FeedbackID string         `json:"feedbackId"`
		Timestamp  string         `json:"timestamp"`
	} `json:"bounce"`
	Complaint struct {
		Recipients []sesRecipient `json:"complainedRecipients"`
		Kind       string         `json:"complaintFeedbackType"`
		Timestamp  string         `json:"timestamp"`
	} `json:"complaint"`
}

type sesRecipient struct {
	EmailAddress   string `json:"emailAddress"`
	DiagnosticCode string `json:"diagnosticCode"`
}

func readSES(body []byte, out *ProviderReports) error {
	var message snsMessage
	if err := json.Unmarshal(body, &message); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	switch message.Type {
	case "SubscriptionConfirmation":
		if !confirms(message.SubscribeURL) {
			return &InvalidError{Fields: []FieldError{{Pointer: "/SubscribeURL", Message: "is no address of Amazon SNS", Hint: "https://sns.<region>.amazonaws.com/?Action=ConfirmSubscription&…"}}}
		}
		out.Confirm = message.SubscribeURL
		return nil
	case "UnsubscribeConfirmation":
		out.Ignore(message.Type)
		return nil
	case "Notification":
		if !strings.HasPrefix(strings.TrimSpace(message.Message), "{") {
			out.Ignore("text") // SES tries the topic out when it is connected
			return nil
		}
		body = []byte(message.Message)
	}
	var notice sesNotice
	if err := json.Unmarshal(body, &notice); err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	kind := firstText(notice.NotificationType, notice.EventType)
	if kind == "" {
		return missing("/notificationType", "Bounce or Complaint, in the Message of an SNS Notification or by raw delivery")
	}
	notice.report(kind, out)
	return nil
}

// report takes bounces and complaints; that a mailbox provider says a mail is no spam is neither.
func (n *sesNotice) report(kind string, out *ProviderReports) {
	r := MailReport{}
	var recipients []sesRecipient
	switch {
	case kind == "Bounce":
		r.Kind, r.Bounce, r.ID, r.At = ReasonBounced, BounceSoft, n.Bounce.FeedbackID, reportedAt(n.Bounce.Timestamp)
		if n.Bounce.BounceType == "Permanent" {
			r.Bounce = BounceHard
		}
		recipients = n.Bounce.Recipients
	case kind == "Complaint" && n.Complaint.Kind != "not-spam":
		r.Kind, r.Detail, r.At = ReasonComplained, n.Complaint.Kind, reportedAt(n.Complaint.Timestamp)
		recipients = n.Complaint.Recipients
	default:
		out.Ignore(kind)
		return
	}
	for _, one := range recipients {
		r.Recipients = append(r.Recipients, address(one.EmailAddress))
		r.Detail = firstText(r.Detail, one.DiagnosticCode)
	}
	// SES puts an id of its own in the place of ours; among the headers stands the one that it was given.
	ids := []string{}
	for _, header := range n.Mail.Headers {
		if strings.EqualFold(header.Name, "Message-ID") {
			ids = append(ids, header.Value)
		}
	}
	out.add(r, append(ids, n.Mail.CommonHeaders.MessageID, n.Mail.MessageID)...)
}

var snsHost = regexp.MustCompile(`^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$`)

// confirms reports whether an address is one that confirms a subscription to Amazon SNS.
func confirms(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.User == nil && snsHost.MatchString(u.Host) && (u.Path == "" || u.Path == "/") &&
		u.Query().Get("Action") == "ConfirmSubscription"
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
