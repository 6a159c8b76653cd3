package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// TestTextMessagesNeedAGateway: without one, nothing that sends a text message can be published, and
// the problem says what to set.
func TestTextMessagesNeedAGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		texts := func(def object) {
			def["nodes"] = object{"it": object{"type": "sms", "with": object{"text": "Hi"}}}
			def["start"] = "it"
		}
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello(texts))
		refused := f.must(422, "POST", "/v1/workflows/hello/publish", nil)
		require.Contains(t, refused["errors"].([]any)[0].(object)["message"], "no gateway for text messages is configured")
		problem := path(t, f.must(200, "POST", "/v1/workflows/hello/validate", nil), "problems").([]any)[0]
		require.Equal(t, []any{"missing_reference", "it", "/nodes/it/with"}, []any{path(t, problem, "code"), path(t, problem, "node"), path(t, problem, "path")})
		require.Contains(t, path(t, problem, "hint"), "FERMATA_SMS_URL")

		f = setup(t, s, func(c *Config) { c.SMS = true })
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
	})
}
