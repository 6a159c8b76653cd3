package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/e2e/brokenmail"
	"fermata/outgoing"
)

// TestBrokenConversationsAreJudged: what was cut before the whole mail was out may be tried again;
// what was cut after it may have arrived; what the server refused is not there.
func TestBrokenConversationsAreJudged(t *testing.T) {
	t.Parallel()
	type verdict struct{ sent, unknown, final, noSuchAddress bool }
	again := verdict{}
	for _, one := range []struct {
		fate brokenmail.Fate
		want verdict
		code string
	}{
		{fate: brokenmail.Fate{}, want: verdict{sent: true}},
		{fate: brokenmail.Fate{At: brokenmail.Greeting}, want: again, code: "smtp_connect"},
		{fate: brokenmail.Fate{At: brokenmail.Greeting, Reply: "554 go away"}, want: again, code: "smtp_connect"},
		{fate: brokenmail.Fate{At: brokenmail.Hello}, want: again, code: "smtp_connect"},
		{fate: brokenmail.Fate{At: brokenmail.Sender}, want: again, code: "smtp_broken"},
		{fate: brokenmail.Fate{At: brokenmail.Sender, Reply: "451 4.3.0 later"}, want: again, code: "smtp_451"},
		{fate: brokenmail.Fate{At: brokenmail.Sender, Reply: "550 5.7.1 not you"}, want: verdict{final: true}, code: "smtp_550"},
		{fate: brokenmail.Fate{At: brokenmail.Recipient}, want: again, code: "smtp_broken"},
		{fate: brokenmail.Fate{At: brokenmail.Recipient, Reply: "450 4.2.1 later"}, want: again, code: "smtp_450"},
		{fate: brokenmail.Fate{At: brokenmail.Recipient, Reply: "550 5.1.1 nobody"}, want: verdict{final: true, noSuchAddress: true}, code: "smtp_550"},
		{fate: brokenmail.Fate{At: brokenmail.Data}, want: again, code: "smtp_broken"},
		{fate: brokenmail.Fate{At: brokenmail.Data, Reply: "421 4.3.2 closing"}, want: again, code: "smtp_421"},
		{fate: brokenmail.Fate{At: brokenmail.Dot}, want: verdict{unknown: true}, code: "smtp_unknown"},
		{fate: brokenmail.Fate{At: brokenmail.Dot, Reply: "452 4.3.1 full"}, want: again, code: "smtp_452"},
		{fate: brokenmail.Fate{At: brokenmail.Dot, Reply: "554 5.6.0 spam"}, want: verdict{final: true}, code: "smtp_554"},
		{fate: brokenmail.Fate{At: brokenmail.Quit}, want: verdict{sent: true}},
	} {
		t.Run(string(one.fate.At)+" "+one.fate.Reply, func(t *testing.T) {
			t.Parallel()
			server := brokenmail.Start(t, func(int) brokenmail.Fate { return one.fate })
			mailer, err := activities.NewSMTP(server.URL())
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err = mailer.Send(ctx, outgoing.Message{ID: "a@b.test", From: "a@b.test", To: []string{"ana@example.com"}, Subject: "Hello", Text: "Text."})
			if one.want.sent {
				require.NoError(t, err)
				require.Len(t, server.Mails(), 1)
				return
			}
			var send *activities.SendError
			require.ErrorAs(t, err, &send)
			require.Equal(t, one.code, send.Code, err)
			require.Equal(t, one.want, verdict{unknown: send.Unknown, final: send.Final, noSuchAddress: send.NoSuchAddress}, err)
		})
	}
}

// TestMailThatIsCutInItsMiddleIsNeverCalledSent: the client may or may not know how far it came; it
// never says that the mail is out, nor that it must not be tried again.
func TestMailThatIsCutInItsMiddleIsNeverCalledSent(t *testing.T) {
	t.Parallel()
	server := brokenmail.Start(t, func(int) brokenmail.Fate { return brokenmail.Fate{At: brokenmail.Body} })
	mailer, err := activities.NewSMTP(server.URL())
	require.NoError(t, err)
	for _, size := range []int{10, 5_000_000} {
		text := make([]byte, size)
		for i := range text {
			text[i] = "abc\n"[i%4]
		}
		err := mailer.Send(t.Context(), outgoing.Message{ID: "a@b.test", From: "a@b.test", To: []string{"ana@example.com"}, Subject: "Hello", Text: string(text)})
		var send *activities.SendError
		require.ErrorAs(t, err, &send)
		require.False(t, send.Final, err)
	}
	require.Empty(t, server.Mails())
}
