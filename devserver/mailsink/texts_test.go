package mailsink_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/devserver/mailsink"
)

// TestTexts: a text message is kept once for its key, through a restart, found by its number however
// that is written, and gone when its contact is erased.
func TestTexts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mail.db")
	sink := start(t, file)
	do := func(method, path, body, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		w := httptest.NewRecorder()
		sink.Handler().ServeHTTP(w, r)
		return w
	}
	list := func(query string) (texts []mailsink.Text) {
		w := do("GET", "/dev/sms"+query, "", "")
		require.Equal(t, http.StatusOK, w.Code)
		var page struct{ Items []mailsink.Text }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		return page.Items
	}
	for range 2 {
		require.Equal(t, http.StatusAccepted, do("POST", "/dev/sms", `{"to": "+49170", "from": "Shop", "text": "One"}`, "k1").Code)
	}
	require.Equal(t, http.StatusAccepted, do("POST", "/dev/sms", `{"to": "+49171", "text": "Two"}`, "k2").Code)
	for body, key := range map[string]string{`{`: "k", `{"to": "+49170"}`: "k", `{"to": "+49170", "text": "x"}`: ""} {
		require.GreaterOrEqual(t, do("POST", "/dev/sms", body, key).Code, 400, body)
	}
	require.NoError(t, sink.Stop())
	sink = start(t, file)
	all := list("")
	require.Len(t, all, 2)
	require.Equal(t, []string{"Two", "One", "Shop", "k1"}, []string{all[0].Text, all[1].Text, all[1].From, all[1].Key})
	require.Len(t, list("?limit=1"), 1)
	require.Len(t, list("?to=%2B49+170"), 1)
	require.NoError(t, sink.Handler().Erase(t.Context(), []string{"ana@example.com", "+49 170"}, nil))
	require.Len(t, list(""), 1)
	require.Equal(t, http.StatusNoContent, do("DELETE", "/dev/sms", "", "").Code)
	require.Empty(t, list(""))
	require.NoError(t, sink.Stop())
}
