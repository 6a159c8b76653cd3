package api

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestResources(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		contact := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
		f.run(t, []scenario{
			{name: "tag", method: "POST", url: "/v1/tags", body: object{"name": " VIP "}, status: 201, expected: []string{`"key":"vip"`, `"name":"VIP"`}},
			{name: "tag twice in other spelling", method: "POST", url: "/v1/tags", body: object{"name": "vip"}, status: 409, expected: []string{`"key-exists"`}},
			{name: "tag list", method: "GET", url: "/v1/tags", status: 200, expected: []string{`"VIP"`, `"next":null`}},
			{name: "tag read", method: "GET", url: "/v1/tags/Vip", status: 200, expected: []string{`"VIP"`}},
			{name: "tag delete", method: "DELETE", url: "/v1/tags/vip", status: 204},
			{name: "tag gone", method: "GET", url: "/v1/tags/vip", status: 404, expected: []string{`"not-found"`}},
			{name: "field", method: "POST", url: "/v1/fields", body: object{"key": "plan", "type": "text"}, status: 201},
			{name: "field of unknown type", method: "POST", url: "/v1/fields", body: object{"key": "size", "type": "colour"}, status: 422, expected: []string{`"/type"`, "text, number"}},
			{name: "field patch", method: "PATCH", url: "/v1/fields/plan", body: object{"type": "number"}, status: 200, expected: []string{`"number"`}},
			{name: "field key never changes", method: "PATCH", url: "/v1/fields/plan", body: object{"key": "other"}, status: 422, expected: []string{`"/key"`}},
			{name: "field list", method: "GET", url: "/v1/fields?limit=1", status: 200, expected: []string{`"plan"`}},
			{name: "field delete", method: "DELETE", url: "/v1/fields/plan", status: 204},
			{name: "tag by key", method: "POST", url: "/v1/tags", body: object{"key": "Lead"}, status: 201, expected: []string{`"key":"lead"`, `"name":"Lead"`}},
			{name: "tag of no name", method: "POST", url: "/v1/tags", body: object{}, status: 422, expected: []string{`"/name"`}},
			{name: "course", method: "POST", url: "/v1/courses", body: object{"key": "program-a", "name": "Program A"}, status: 201, expected: []string{`"program-a"`}},
			{name: "course key spelled wrong", method: "POST", url: "/v1/courses", body: object{"key": "Program A", "name": "x"}, status: 422, expected: []string{`"/key"`, "Letters, digits"}},
			{name: "course without a name", method: "POST", url: "/v1/courses", body: object{"key": "b"}, status: 422, expected: []string{`"/name"`, "must be given"}},
			{name: "course with a misspelled field", method: "POST", url: "/v1/courses", body: object{"key": "b", "nam": "B", "name": "B"}, status: 422, expected: []string{`"/nam"`, "did you mean name?"}},
			{name: "course patch", method: "PATCH", url: "/v1/courses/program-a", body: object{"name": "A"}, status: 200, expected: []string{`"name":"A"`}},
			{name: "course name null", method: "PATCH", url: "/v1/courses/program-a", body: object{"name": nil}, status: 422, expected: []string{`"/name"`}},
			{name: "pipeline", method: "POST", url: "/v1/pipelines", body: salesPipeline(), status: 201, expected: []string{`"sales"`, `"refunded"`}},
			{name: "pipeline with a stage twice", method: "POST", url: "/v1/pipelines", body: object{"key": "p", "name": "P", "stages": []object{{"key": "a", "name": "A"}, {"key": "a", "name": "B"}}}, status: 422, expected: []string{"/stages/1/key"}},
			{name: "pipeline without stages", method: "POST", url: "/v1/pipelines", body: object{"key": "p", "name": "P", "stages": []object{}}, status: 422, expected: []string{`"/stages"`}},
			{name: "pipeline patch", method: "PATCH", url: "/v1/pipelines/sales", body: object{"name": "Sales 2"}, status: 200, expected: []string{"Sales 2", "refunded"}},
			{name: "task", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "due_at": "2026-03-09T09:00:00+01:00", "contact": contact}, status: 201, expected: []string{"2026-03-09T08:00:00Z", `"open"`}},
			{name: "task of nobody", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "contact": "ct_nobody"}, status: 422, expected: []string{`"/contact"`}},
			{name: "task of a contact as in events", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "contact": object{"email": "new@example.com"}}, status: 201, expected: []string{`"contact":"con_`}},
			{name: "task of a contact that has a field of no name", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "contact": object{"email": "new@example.com", "plan": "pro"}}, status: 422, expected: []string{`"/contact/plan"`, "fields.plan"}},
			{name: "task with a bad time", method: "POST", url: "/v1/tasks", body: object{"title": "Call", "due_at": "2026-13-45T99:00:00Z"}, status: 422, expected: []string{`"/due_at"`, "RFC 3339"}},
			{name: "template", method: "POST", url: "/v1/email-templates", body: object{"key": "hello", "subject": "Hi {{ contact.first_name }}", "html": "<p>x</p>", "class": "transactional"}, status: 201, expected: []string{"<p>x</p>"}},
			{name: "template without a body", method: "POST", url: "/v1/email-templates", body: object{"key": "empty", "subject": "Hi"}, status: 422, expected: []string{`"/html"`}},
			{name: "template that is no Liquid", method: "POST", url: "/v1/email-templates", body: object{"key": "bad", "subject": "{% if %", "text": "x"}, status: 422, expected: []string{`"/subject"`}},
			{name: "template patch clears", method: "PATCH", url: "/v1/email-templates/hello", body: object{"html": nil, "text": "plain"}, status: 200, expected: []string{`"html":""`, "plain"}},
			{name: "template list", method: "GET", url: "/v1/email-templates", status: 200, expected: []string{"hello"}},
			{name: "template delete", method: "DELETE", url: "/v1/email-templates/hello", status: 204},
			{name: "segment", method: "POST", url: "/v1/segments", body: object{"key": "pro", "name": "Pro", "filter": object{"field": "contact.plan", "op": "eq", "value": "pro"}}, status: 201},
			{name: "segment with a wrong operator", method: "POST", url: "/v1/segments", body: object{"key": "b", "name": "B", "filter": object{"field": "contact.plan", "op": "equals", "value": "pro"}}, status: 422, expected: []string{"/filter/op"}},
			{name: "segment about an event", method: "POST", url: "/v1/segments", body: object{"key": "b", "name": "B", "filter": object{"field": "event.x", "op": "eq", "value": 1}}, status: 422, expected: []string{"/filter"}},
			{name: "segment patch", method: "PATCH", url: "/v1/segments/pro", body: object{"filter": object{"tag": "vip"}}, status: 200, expected: []string{`"tag"`}, forbidden: []string{"contact.plan"}},
			{name: "suppression", method: "POST", url: "/v1/suppressions", body: object{"address": " Ana@Example.com"}, status: 201, expected: []string{`"ana@example.com"`, `"manual"`}},
			{name: "suppression by email", method: "POST", url: "/v1/suppressions", body: object{"email": "Bo@Example.com"}, status: 201, expected: []string{`"address":"bo@example.com"`}},
			{name: "suppression of nothing", method: "POST", url: "/v1/suppressions", body: object{"reason": "x"}, status: 422, expected: []string{`"/address"`}},
			{name: "suppression of no address", method: "POST", url: "/v1/suppressions", body: object{"address": "ana"}, status: 422, expected: []string{`"/address"`}},
			{name: "suppression list", method: "GET", url: "/v1/suppressions", status: 200, expected: []string{"ana@example.com"}},
			{name: "suppression read", method: "GET", url: "/v1/suppressions/ANA@example.com", status: 200},
			{name: "suppression delete", method: "DELETE", url: "/v1/suppressions/ana@example.com?channel=email", status: 204},
			{name: "suppression gone", method: "GET", url: "/v1/suppressions/ana@example.com", status: 404},
			{name: "sends", method: "GET", url: "/v1/sends?state=sent", status: 200, expected: []string{`"items":[]`}},
			{name: "no such send", method: "GET", url: "/v1/sends/send_1", status: 404},
			{name: "account", method: "PATCH", url: "/v1/account", body: object{"timezone": "Europe/Vienna", "hourly_cost": 60, "frequency_cap": "3/7d"}, status: 200, expected: []string{"Europe/Vienna", `"3/7d"`}},
			{name: "account in no zone", method: "PATCH", url: "/v1/account", body: object{"timezone": "Vienna"}, status: 422, expected: []string{`"/timezone"`}},
			{name: "account clears", method: "PATCH", url: "/v1/account", body: object{"frequency_cap": nil}, status: 200, expected: []string{`"frequency_cap":null`, "Europe/Vienna"}},
			{name: "account clears what it can do without", method: "PATCH", url: "/v1/account", body: object{"name": nil, "mail_from": nil, "hourly_cost": nil}, status: 200, expected: []string{`"hourly_cost":0`, `"mail_from":""`, "Europe/Vienna"}},
			{name: "account keeps its zone", method: "PATCH", url: "/v1/account", body: object{"timezone": nil}, status: 422, expected: []string{`"/timezone"`}},
			{name: "audit", method: "GET", url: "/v1/audit?subject=account", status: 200, expected: []string{"account.update", "bootstrap key"}},
			{name: "misspelled filter", method: "GET", url: "/v1/tasks?staus=open", status: 422, expected: []string{"?staus", "did you mean status?"}},
			{name: "limit over the top", method: "GET", url: "/v1/tasks?limit=501", status: 422, expected: []string{"?limit", "500"}},
			{name: "limit that is no number", method: "GET", url: "/v1/tasks?limit=x", status: 422, expected: []string{"?limit"}},
			{name: "cursor of another list", method: "GET", url: "/v1/tasks?cursor=nonsense", status: 422, expected: []string{"?cursor"}},
		})
	})
}

func salesPipeline() object {
	return object{"key": "sales", "name": "Sales", "stages": []object{
		{"key": "new", "name": "New"}, {"key": "won", "name": "Won", "kind": "won"}, {"key": "refunded", "name": "Refunded", "kind": "lost"},
	}}
}

// TestTemplateChangedElsewhere: who has seen an older one overwrites nothing, and is told so.
func TestTemplateChangedElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		const url = "/v1/email-templates/hello"
		f.must(201, "POST", "/v1/email-templates", object{"key": "hello", "subject": "Hi", "text": "Hi"})
		seen := f.call("GET", url, nil).header.Get("ETag")
		require.NotEmpty(t, seen)
		next := f.call("PATCH", url, object{"subject": "Mine"}, withHeader("If-Match", seen)).header.Get("ETag")
		require.NotEqual(t, seen, next)
		f.run(t, []scenario{
			{name: "an older one", method: "PATCH", url: url, body: object{"subject": "Theirs"}, opts: []option{withHeader("If-Match", seen)}, status: 412, expected: []string{"precondition-failed", strings.Trim(next, `"`)}},
			{name: "nothing was overwritten", method: "GET", url: url, status: 200, expected: []string{"Mine"}},
			{name: "the one that is there", method: "PATCH", url: url, body: object{"subject": "Theirs"}, opts: []option{withHeader("If-Match", next)}, status: 200, expected: []string{"Theirs"}},
			{name: "no matter which", method: "PATCH", url: url, body: object{"subject": "Any"}, status: 200, expected: []string{"Any"}},
		})
	})
}

func TestPagesOfAList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			f.must(201, "POST", "/v1/courses", object{"key": key, "name": key})
		}
		var keys []string
		for cursor := ""; ; {
			page := f.must(200, "GET", "/v1/courses?limit=2&cursor="+cursor, nil)
			for i := range page["items"].([]any) {
				keys = append(keys, path(t, page, "items", i, "key").(string))
			}
			if page["next"] == nil {
				break
			}
			cursor = page["next"].(string)
		}
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, keys)
	})
}

// TestEveryListHasPages: also one that is short enough to be answered as a whole.
func TestEveryListHasPages(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(200, "PUT", "/v1/secrets/a", object{"value": "x"})
	f.must(200, "PUT", "/v1/secrets/b", object{"value": "x"})
	f.must(200, "PUT", "/v1/secrets/c", object{"value": "x"})
	for url, key := range map[string]string{"/v1/templates": "key", "/v1/nodes": "type", "/v1/event-types": "type", "/v1/secrets": "name"} {
		whole := f.must(200, "GET", url, nil)
		require.Nil(t, path(t, whole, "next"), url)
		var paged []any
		for next := any(""); next != nil; {
			page := f.must(200, "GET", url+"?limit=2&cursor="+next.(string), nil)
			require.LessOrEqual(t, len(page["items"].([]any)), 2, url)
			paged, next = append(paged, page["items"].([]any)...), page["next"]
		}
		require.Greater(t, len(paged), 2, url)
		require.Equal(t, whole["items"], any(paged), url)
		require.Contains(t, paged[0], key, url)
		f.run(t, []scenario{
			{name: "limit over the top of " + url, method: "GET", url: url + "?limit=501", status: 422, expected: []string{"?limit"}},
			{name: "cursor of no page of " + url, method: "GET", url: url + "?cursor=" + store.CursorAt("nothing"), status: 422, expected: []string{"?cursor"}},
			{name: "cursor that is none of " + url, method: "GET", url: url + "?cursor=zzz", status: 422, expected: []string{"?cursor"}},
		})
	}
}

// TestMergePatchUnderItsOwnName: RFC 7396 has a media type; it is taken beside application/json.
func TestMergePatchUnderItsOwnName(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(201, "POST", "/v1/courses", object{"key": "a", "name": "A"})
	named := func(media string) option { return withHeader("Content-Type", media) }
	done := f.must(200, "PATCH", "/v1/courses/a", object{"name": "B"}, named("application/merge-patch+json; charset=utf-8"))
	require.Equal(t, "B", path(t, done, "name"))
	f.run(t, []scenario{
		{name: "another type", method: "PATCH", url: "/v1/courses/a", body: object{}, opts: []option{named("application/json-patch+json")}, status: 415, expected: []string{"merge-patch"}},
		{name: "a post is none", method: "POST", url: "/v1/courses", body: object{"key": "b", "name": "B"}, opts: []option{named("application/merge-patch+json")}, status: 415},
	})
	for _, op := range testDocument().sorted() {
		if op.method == http.MethodPatch {
			require.Equal(t, []string{"application/json", "application/merge-patch+json"}, op.types, op.path)
		}
	}
}

func TestSecretsAreWriteOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.run(t, []scenario{
			{name: "put", method: "PUT", url: "/v1/secrets/slack_team", body: object{"value": "hush-hush"}, status: 200, forbidden: []string{"hush"}},
			{name: "bad name", method: "PUT", url: "/v1/secrets/a%20b", body: object{"value": "x"}, status: 422},
			{name: "empty", method: "PUT", url: "/v1/secrets/other", body: object{"value": ""}, status: 422, expected: []string{`"/value"`}},
			{name: "list", method: "GET", url: "/v1/secrets", status: 200, expected: []string{"slack_team"}, forbidden: []string{"hush"}},
			{name: "no read", method: "GET", url: "/v1/secrets/slack_team", status: 405},
			{name: "audit", method: "GET", url: "/v1/audit", status: 200, expected: []string{"secret.put"}, forbidden: []string{"hush"}},
		})
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			secret, err := tx.Secret("slack_team")
			require.NoError(t, err)
			require.NotContains(t, string(secret.Cipher), "hush")
			require.Equal(t, []byte("slack_team"), secret.Nonce)
			return nil
		}))
		f.must(204, "DELETE", "/v1/secrets/slack_team", nil)
		f.must(404, "DELETE", "/v1/secrets/slack_team", nil)
		f = setup(t, s, func(c *Config) { c.SecretBox = nil })
		f.must(501, "PUT", "/v1/secrets/slack_team", object{"value": "x"})
	})
}

// upload makes a multipart body of fields and one file.
func upload(t *testing.T, name string, content []byte, fields ...string) ([]byte, option) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		require.NoError(t, w.WriteField(fields[i], fields[i+1]))
	}
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes(), withType(w.FormDataContentType())
}

func TestFiles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		body, kind := upload(t, "welcome.pdf", []byte("%PDF"))
		answer := f.must(201, "POST", "/v1/files", body, kind)
		require.Equal(t, "welcome.pdf", answer["name"])
		require.EqualValues(t, 4, answer["size"])
		f.must(409, "POST", "/v1/files", body, kind)
		large, largeKind := upload(t, "large.bin", bytes.Repeat([]byte("x"), maxFile))
		f.must(201, "POST", "/v1/files", large, largeKind)
		over, overKind := upload(t, "over.bin", bytes.Repeat([]byte("x"), maxFile+1))
		f.must(413, "POST", "/v1/files", over, overKind)
		escape, escapeKind := upload(t, "x", []byte("x"), "name", "../etc/passwd")
		named, namedKind := upload(t, "x", []byte("<script>"), "name", "page.html")
		odd, oddKind := upload(t, "x", []byte("x"), "path", "y")
		f.run(t, []scenario{
			{name: "path in a name", method: "POST", url: "/v1/files", body: escape, opts: []option{escapeKind}, status: 422, expected: []string{`"/name"`}},
			{name: "other part", method: "POST", url: "/v1/files", body: odd, opts: []option{oddKind}, status: 422, expected: []string{`"/path"`}},
			{name: "JSON forges an upload", method: "POST", url: "/v1/files", body: object{"file": "x", "name": "y"}, status: 415},
			{name: "no boundary", method: "POST", url: "/v1/files", body: "x", opts: []option{withType("multipart/form-data")}, status: 400},
			{name: "cut off", method: "POST", url: "/v1/files", body: body[:len(body)-10], opts: []option{kind}, status: 400},
			{name: "named", method: "POST", url: "/v1/files", body: named, opts: []option{namedKind}, status: 201, expected: []string{"page.html"}},
			{name: "list", method: "GET", url: "/v1/files", status: 200, expected: []string{"welcome.pdf"}, forbidden: []string{"%PDF"}},
			{name: "read", method: "GET", url: "/v1/files/welcome.pdf", status: 200, expected: []string{"sha256"}},
		})
		a := f.call("GET", "/v1/files/page.html/content", nil)
		require.Equal(t, "<script>", a.body)
		require.Equal(t, "application/octet-stream", a.header.Get("Content-Type"))
		require.True(t, strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment"))
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		f.must(204, "DELETE", "/v1/files/welcome.pdf", nil)
		f.must(404, "GET", "/v1/files/welcome.pdf", nil)
	})
}

func TestUploadIsRepeatedByItsContent(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	first, kind := upload(t, "a.txt", []byte("one"))
	again, kindAgain := upload(t, "a.txt", []byte("one"))
	require.NotEqual(t, first, again, "boundaries differ")
	f.must(201, "POST", "/v1/files", first, kind, withHeader("Idempotency-Key", "k"))
	f.must(201, "POST", "/v1/files", again, kindAgain, withHeader("Idempotency-Key", "k"))
	other, kindOther := upload(t, "a.txt", []byte("two"))
	f.must(422, "POST", "/v1/files", other, kindOther, withHeader("Idempotency-Key", "k"))
}

// A key has one spelling, the first: whoever writes it otherwise means the same thing.
func TestKeysOfResourcesInAnySpelling(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	id := path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
	f.run(t, []scenario{
		{name: "with capitals", method: "POST", url: "/v1/pipelines", body: object{"key": "Sales", "name": "S", "stages": []object{{"key": "New", "name": "N"}, {"key": "won", "name": "W", "kind": "won"}}}, status: 201, expected: []string{`"Sales"`}},
		{name: "twice", method: "POST", url: "/v1/pipelines", body: object{"key": "sales", "name": "S", "stages": []object{{"key": "a", "name": "A"}}}, status: 409, expected: []string{`"key-exists"`}},
		{name: "a stage twice", method: "POST", url: "/v1/pipelines", body: object{"key": "p", "name": "P", "stages": []object{{"key": "a", "name": "A"}, {"key": "A", "name": "B"}}}, status: 422, expected: []string{"/stages/1/key"}},
		{name: "read", method: "GET", url: "/v1/pipelines/SALES", status: 200, expected: []string{`"Sales"`}},
		{name: "deal", method: "POST", url: "/v1/deals", body: object{"title": "x", "pipeline": "sales", "stage": "NEW", "contact": id}, status: 201, expected: []string{`"pipeline":"Sales"`, `"stage":"New"`}},
		{name: "course", method: "POST", url: "/v1/courses", body: object{"key": "Program-A", "name": "A"}, status: 201},
		{name: "of a contact", method: "PUT", url: "/v1/contacts/" + id + "/courses/program-a", body: object{"progress": 5}, status: 200, expected: []string{`"course":"Program-A"`}},
		{name: "segment", method: "POST", url: "/v1/segments", body: object{"key": "Pro", "name": "P", "filter": object{"tag": "vip"}}, status: 201},
		{name: "delete", method: "DELETE", url: "/v1/segments/pro", status: 204},
	})
	seen := f.must(200, "POST", "/v1/validate", object{"schema": 1, "key": "k", "name": "K", "start": "a", "nodes": object{"a": object{"type": "branch", "with": object{"branches": []object{
		{"id": "a", "when": object{"course": "PROGRAM-A"}}, {"id": "b", "when": object{"deal": "SALES", "stage": "Won"}},
	}}}}})
	for _, problem := range seen["problems"].([]any) {
		require.NotEqual(t, "missing_reference", problem.(object)["code"])
	}
}
