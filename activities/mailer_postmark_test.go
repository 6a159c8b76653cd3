package activities

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/wneessen/go-mail"

	"fermata/events"
	"fermata/outgoing"
)

// Postmark, and nobody else, is told our Message-ID, so that its reports can name it.
func TestPostmarkIsToldTheMessageID(t *testing.T) {
	t.Parallel()
	for url, expected := range map[string][]string{
		"smtp://u:p@smtp.postmarkapp.com:587": {"abc@example.com"}, "smtp://127.0.0.1:1025": nil, "smtp://postmarkapp.com.example": nil,
	} {
		server, err := NewSMTP(url)
		require.NoError(t, err)
		msg, err := server.compose(outgoing.Message{ID: "abc@example.com", From: "a@example.com", To: []string{"b@example.com"}, Text: "Hello"})
		require.NoError(t, err)
		require.Equal(t, expected, msg.GetGenHeader(mail.Header(events.PostmarkMetadata)), url)
	}
}
