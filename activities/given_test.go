package activities_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

// vault is a store of secrets in which every name has one value.
type vault struct{}

func (vault) Open(string, []byte, []byte) (string, error) { return "hush", nil }

// given reads what the timeline shows that the step was given.
func (p *passage) given() string {
	p.Helper()
	_, step := p.stands()
	return string(step.Input)
}

// named gives the contact a first name.
func (p *passage) named(name string) *passage {
	p.Helper()
	return p.change(func(_ *store.Enrollment, c *store.Contact) { c.FirstName = name })
}

// The timeline shows what a call sent for this contact, and no secrets.
func TestACallSaysWhatItWasGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var heard string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			heard = r.Header.Get("Authorization")
			w.WriteHeader(http.StatusTeapot)
		}))
		t.Cleanup(server.Close)
		p := enroll(t, s, `{type: webhook, with: {url: "`+server.URL+`/{{ contact.first_name }}", headers: {Authorization: "secret:key"}, body: {name: "{{ contact.first_name }}"}}}`)
		p.outside(&postman{}).named("Ana").activities.Secrets = vault{}
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutSecret(&store.Secret{Name: "key", Cipher: []byte("x"), Nonce: []byte("y")})
		}))
		p.first(p.activities.Webhook)
		p.landed()
		require.Equal(t, "hush", heard)
		require.JSONEq(t, `{"method": "POST", "url": "`+server.URL+`/Ana", "headers": {"Authorization": "secret:key"}, "body": {"name": "Ana"}}`, p.given())
	})
}

func TestAMailThatIsRefusedSaysWhatItWasGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: email, with: {to: "{{ contact.first_name }}@example.com", subject: "Hi {{ contact.first_name }}", body: Text., class: transactional}}`)
		p.outside(&postman{fail: &activities.SendError{Code: "smtp_550", Final: true}}).named("ben").first(p.activities.Email)
		p.landed()
		require.JSONEq(t, `{"to": ["ben@example.com"], "subject": "Hi ben", "class": "transactional"}`, p.given())
	})
}

func TestAnActionOnTheStoreSaysWhatItWasGiven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		node  string
		kind  interpreter.OccurrenceKind
		given string
	}{
		{`{type: tag_add, with: {tag: "{{ contact.first_name }}s"}}`, interpreter.Left, `{"add": ["Cleos"]}`},
		{`{type: deal_move, with: {pipeline: sales, stage: nowhere}}`, interpreter.Failed, `{"pipeline": "sales", "stage": "nowhere"}`},
	} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			p := enroll(t, s, c.node).named("Cleo")
			require.Equal(t, c.kind, p.advance(command(interpreter.Act, ""))[0].Kind)
			require.JSONEq(t, c.given, p.given())
		})
	}
}
