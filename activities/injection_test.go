package activities

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
)

// poisons are what somebody may write into a form to get more into a mail than its text.
var poisons = []string{
	"\r\nBcc: victim@example.com", "\nBcc: victim@example.com", "\rBcc: victim@example.com", "\r\n\r\n<script>", "\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
	"%0d%0aBcc: victim@example.com", "\\r\\nBcc: victim@example.com", "=0D=0ABcc: victim@example.com", "\u2028Bcc: victim@example.com", "\u0085Bcc: x",
	"\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\xff", "victim@example.com, ", "<victim@example.com>, ", "\"", "\\\"", "<", ">", ",", ";", ":", "(", ")", "@",
	"=?utf-8?q?=0D=0ABcc:_victim@example.com?=", "=?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLmNvbQ==?=", "\u202e", "\U0001F600", "Ünïcode", strings.Repeat("x", 900),
	" ", "\t", "\r\n Bcc: victim@example.com", "{{ contact.email }}", "MIME-Version: 1.0", "--boundary", "\u560d\u560aBcc: victim@example.com",
}

// poisonedFields are the values of the mail, of which one is poisoned at a time.
var poisonedFields = []string{"subject", "from", "to", "cc", "reply", "preheader", "body", "file"}

const poisonedNode = `
schema: 1
key: poisoned
name: Poisoned
triggers: [{id: go, event: form.submitted}]
start: a
nodes:
  a:
    type: email
    with:
      subject: "News for {{ trigger.subject }}"
      from: "{{ trigger.from }} of the shop <shop@sink.test>"
      to: "{{ trigger.to }} <{{ contact.email }}>"
      cc: ["{{ trigger.cc }} <boss@example.com>"]
      reply_to: "{{ trigger.reply }} <help@sink.test>"
      preheader: "{{ trigger.preheader }}"
      body: "Hello {{ trigger.body }},\n{{ trigger.body }}\nBye."
      class: transactional
`

// TestInjectionsStayText: whatever comes with an event, a mail goes to whom its author wanted, and
// has the header fields that it always has; or it is refused.
func TestInjectionsStayText(t *testing.T) {
	t.Parallel()
	def, problems := definition.Parse([]byte(poisonedNode), true)
	require.NotNil(t, def, problems)
	node := def.Nodes["a"].Settings.(*nodes.Email)
	random, headers, sent := rand.New(rand.NewPCG(8, 8)), []string(nil), 0
	n := sizes.Of(3_000, 100_000)
	for i := range n {
		field, x := poisonedFields[i%len(poisonedFields)], "Ana"
		if i >= len(poisonedFields) {
			x = poisonous(random)
		}
		values := map[string]any{}
		for _, name := range poisonedFields {
			values[name] = "Ana"
		}
		values[field] = x
		scope := &expr.Scope{Roots: map[string]any{"contact": map[string]any{"email": "ana@example.com"}, "trigger": values, "event": values}}
		plan, failure := node.Plan(scope, nodes.PlanInput{})
		if failure != nil {
			continue
		}
		message, failure, err := outgoing.Desk{MailFrom: "Fermata <fermata@sink.test>"}.Message(plan, "send_1", "id@sink.test")
		require.NoError(t, err)
		require.Nil(t, failure)
		message.Attachments = []outgoing.Attachment{{Name: "invoice " + values["file"].(string) + ".pdf", ContentType: "application/pdf", Data: []byte("%PDF")}}
		names := requireIntended(t, message, field+": "+x)
		if headers == nil {
			headers = names
		}
		if names != nil {
			sent++
			require.Equal(t, headers, names, "%q", x)
		}
	}
	t.Logf("%d of %d were sent, as text", sent, n)
	require.Greater(t, sent, n/4, "many are harmless")
}

func poisonous(random *rand.Rand) string {
	var x strings.Builder
	for range 1 + random.IntN(4) {
		x.WriteString(poisons[random.IntN(len(poisons))])
		x.WriteString([]string{"", "Ana", " ", "x"}[random.IntN(4)])
	}
	return x.String()
}

// requireIntended composes a mail, checks whom it goes to, and returns the names of its header
// fields; nil when it cannot be composed.
func requireIntended(t *testing.T, m outgoing.Message, x string) []string {
	t.Helper()
	message, err := compose(m)
	if err != nil {
		return nil
	}
	recipients, err := message.GetRecipients()
	require.NoError(t, err, "%q", x)
	require.Equal(t, []string{"ana@example.com", "boss@example.com"}, bareAddresses(t, recipients), "%q", x)
	var raw bytes.Buffer
	_, err = message.WriteTo(&raw)
	require.NoError(t, err)
	head, _, found := strings.Cut(raw.String(), "\r\n\r\n")
	require.True(t, found)
	for _, line := range strings.Split(head, "\r\n") {
		require.NotContains(t, line, "\n", "%q", x)
		require.NotContains(t, line, "\r", "%q", x)
	}
	parsed, err := mail.ReadMessage(&raw)
	require.NoError(t, err, "%q", x)
	var names []string
	for name, values := range parsed.Header {
		names = append(names, fmt.Sprint(name, " ", len(values)))
	}
	slices.Sort(names)
	for _, field := range []string{"To", "Cc", "From", "Reply-To"} {
		list, err := parsed.Header.AddressList(field)
		require.NoError(t, err, "%s of %q: %s", field, x, parsed.Header.Get(field))
		require.Len(t, list, 1, "%s of %q", field, x)
	}
	return names
}

func bareAddresses(t *testing.T, list []string) []string {
	t.Helper()
	out := make([]string, len(list))
	for i, text := range list {
		parsed, err := mail.ParseAddress(text)
		require.NoError(t, err)
		out[i] = parsed.Address
	}
	return out
}
