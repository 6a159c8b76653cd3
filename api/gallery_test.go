package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/gallery"
	"fermata/store"
	"fermata/store/storetest"
)

// expectedWarnings are the warnings that a template may have on a fresh installation, each for a reason.
var expectedWarnings = map[string]string{
	"event_never_seen": "nothing was sent to a fresh installation",
	"inactive_target":  "the workflow beside it is a draft, too",
}

// TestEveryTemplateInstalls: with no answers every template leaves a draft that can be published.
func TestEveryTemplateInstalls(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, template := range gallery.Templates() {
			f := setup(t, s)
			result := f.must(201, "POST", "/v1/templates/"+template.Key+"/install", nil)
			key, _ := result["workflow"].(string)
			for _, problem := range result["problems"].([]any) {
				code, _ := path(t, problem, "code").(string)
				require.Equal(t, "warning", path(t, problem, "severity"), "%s: %v", template.Key, problem)
				require.NotEmpty(t, expectedWarnings[code], "%s: %v", template.Key, problem)
			}
			published := f.must(200, "POST", "/v1/workflows/"+key+"/publish", object{})
			require.EqualValues(t, 1, published["version"], template.Key)
			tests := path(t, published, "tests")
			require.NotEmpty(t, path(t, tests, "items"), "%s brings tests, which ran", template.Key)
			require.EqualValues(t, 0, path(t, tests, "failed"), template.Key)
			require.NotNil(t, path(t, tests, "coverage"), template.Key)
		}
	})
}

func TestGalleryShowsWhatAnInstallMakes(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	items := f.must(200, "GET", "/v1/templates", nil)["items"].([]any)
	require.Len(t, items, len(gallery.Templates()))
	for _, item := range items {
		key, _ := path(t, item, "key").(string)
		require.Equal(t, item, any(f.must(200, "GET", "/v1/templates/"+key, nil)))
		validated := f.must(200, "POST", "/v1/validate", path(t, item, "definition"))
		for _, problem := range validated["problems"].([]any) {
			require.Contains(t, []any{"missing_reference", "event_never_seen"}, path(t, problem, "code"), "%s: %v", key, problem)
		}
		require.NotEmpty(t, path(t, item, "blanks"))
	}
	f.must(404, "GET", "/v1/templates/nothing", nil)
	f.must(404, "POST", "/v1/templates/nothing/install", nil)
}

// summary is "kind key" of a list of things.
func summary(t *testing.T, list any) []string {
	t.Helper()
	out := []string{}
	for _, one := range list.([]any) {
		out = append(out, fmt.Sprintf("%v %v", path(t, one, "kind"), path(t, one, "key")))
	}
	return out
}

func TestInstallCreatesWhatIsMissingAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/pipelines", object{"key": "sales", "name": "Our sales", "stages": []object{{"key": "lead", "name": "Lead"}}})
		f.must(201, "POST", "/v1/email-templates", object{"key": "receipt", "subject": "Ours", "text": "Ours", "class": "transactional"})
		request := object{"answers": object{"course": "design", "product_name": "Design", "stage": "closed", "slack_team": "https://hooks.example/T1"}}

		preview := f.must(200, "POST", "/v1/templates/post-purchase/install", object{"dry_run": true, "answers": request["answers"]})
		result := f.must(201, "POST", "/v1/templates/post-purchase/install", request)
		require.Equal(t, preview, result, "a dry run says what the install does, and leaves nothing behind")
		require.Equal(t, "post-purchase", result["workflow"])
		require.Equal(t, []string{"secret slack_team", "course design", "stage sales/closed", "workflow course-onboarding"}, summary(t, result["created"]))
		require.ElementsMatch(t, []string{"pipeline sales", "email_template receipt"}, summary(t, result["existing"]))

		sales := f.must(200, "GET", "/v1/pipelines/sales", nil)
		require.Equal(t, "Our sales", sales["name"])
		require.Equal(t, []any{
			object{"key": "lead", "name": "Lead", "kind": "open"}, object{"key": "closed", "name": "Won", "kind": "won"},
		}, sales["stages"])
		require.Equal(t, "Ours", f.must(200, "GET", "/v1/email-templates/receipt", nil)["subject"])
		draft := path(t, f.must(200, "GET", "/v1/workflows/post-purchase", nil), "draft", "definition", "nodes")
		require.Equal(t, "secret:slack_team", path(t, draft, "team", "with", "webhook"))
		require.NotContains(t, path(t, draft, "team"), "disabled")
		onboarding := f.must(200, "GET", "/v1/workflows/course-onboarding", nil)
		require.Equal(t, "Welcome to Design", path(t, onboarding, "draft", "definition", "nodes", "hello", "with", "subject"))

		again := f.must(201, "POST", "/v1/templates/post-purchase/install", request)
		require.Equal(t, "post-purchase-2", again["workflow"])
		require.Equal(t, []string{"secret slack_team_2"}, summary(t, again["created"]), "a stored secret is never replaced")
		require.ElementsMatch(t, []string{"course design", "pipeline sales", "email_template receipt", "workflow course-onboarding"}, summary(t, again["existing"]))
	})
}

func TestInstallKeysNamesAndAnswers(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	const url = "/v1/templates/welcome/install"
	require.Equal(t, "hello", f.must(201, "POST", url, object{"key": "hello", "name": "<<form>> {{ x }}"})["workflow"])
	require.Equal(t, "<<form>> {{ x }}", f.must(200, "GET", "/v1/workflows/hello", nil)["name"])
	f.must(409, "POST", url, object{"key": "hello"})
	require.Equal(t, "welcome", f.must(201, "POST", url, nil, withHeader("Idempotency-Key", "k1"))["workflow"])
	require.Equal(t, "welcome", f.must(201, "POST", url, nil, withHeader("Idempotency-Key", "k1"))["workflow"], "a repeated call installs nothing")
	f.must(422, "POST", url, object{"key": "other"}, withHeader("Idempotency-Key", "k1"))
	require.Equal(t, "welcome-2", f.must(201, "POST", url, object{"answers": object{"form": nil}})["workflow"])

	f.run(t, []scenario{
		{name: "no such blank", method: "POST", url: url, body: object{"answers": object{"colour": "red"}}, status: 422, expected: []string{`"/answers/colour"`, "one of form, tag"}},
		{name: "required", method: "POST", url: url, body: object{"answers": object{"form": " "}}, status: 422, expected: []string{`"/answers/form"`}},
		{name: "two at once", method: "POST", url: url, body: object{"answers": object{"at": "9 o'clock", "offer_url": "javascript:alert(1)"}}, status: 422, expected: []string{`"/answers/at"`, `"/answers/offer_url"`, "09:00"}},
		{name: "a merge field", method: "POST", url: url, body: object{"answers": object{"tag": "{{ contact.email }}"}}, status: 422, expected: []string{`"/answers/tag"`}},
		{name: "another type", method: "POST", url: url, body: object{"answers": object{"form": 7}}, status: 422, expected: []string{`"/answers/form"`, "must be a text"}},
		{name: "a number", method: "POST", url: "/v1/templates/post-purchase/install", body: object{"answers": object{"min_amount": -1}}, status: 422, expected: []string{`"/answers/min_amount"`, "at least 0"}},
		{name: "no such file", method: "POST", url: "/v1/templates/lead-magnet/install", body: object{"answers": object{"file": "mine.pdf"}}, status: 422, expected: []string{`"/answers/file"`, "upload it first"}},
		{name: "no such secret", method: "POST", url: "/v1/templates/post-purchase/install", body: object{"answers": object{"slack_team": "secret:none"}}, status: 422, expected: []string{`"/answers/slack_team"`}},
		{name: "not a key", method: "POST", url: url, body: object{"key": "Not A Key"}, status: 422, expected: []string{`"/key"`}},
		{name: "unknown field", method: "POST", url: url, body: object{"answer": object{}}, status: 422, expected: []string{`"/answer"`}},
	})
	require.Len(t, f.must(200, "GET", "/v1/workflows", nil)["items"], 3, "what was refused left nothing")
	require.Empty(t, f.must(200, "GET", "/v1/pipelines", nil)["items"])
}

func TestInstallingASecretTakesAdmin(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	editor, _ := f.must(201, "POST", "/v1/api-keys", object{"name": "Editor", "person": "Ed", "scopes": []string{"editor"}})["key"].(string)
	viewer, _ := f.must(201, "POST", "/v1/api-keys", object{"name": "Viewer", "person": "Vi", "scopes": []string{"viewer"}})["key"].(string)
	const url = "/v1/templates/post-purchase/install"
	value := object{"answers": object{"slack_team": "https://hooks.example/T0/B0"}}
	f.must(200, "GET", "/v1/templates", nil, withKey(viewer))
	f.must(403, "POST", url, nil, withKey(viewer))
	f.must(403, "POST", url, value, withKey(editor))
	require.Empty(t, f.must(200, "GET", "/v1/workflows", nil)["items"])

	off := f.must(201, "POST", url, nil, withKey(editor))["workflow"].(string)
	team := path(t, f.must(200, "GET", "/v1/workflows/"+off, nil), "draft", "definition", "nodes", "team")
	require.Equal(t, true, path(t, team, "disabled"), "without an address the step is there, switched off")

	on := f.must(201, "POST", url, value)["workflow"].(string)
	require.Equal(t, "post-purchase-2", on)
	require.NotContains(t, f.call("GET", "/v1/audit", nil).body, "hooks.example")
	require.Contains(t, f.call("GET", "/v1/audit", nil).body, "template.install")
	own := f.must(201, "POST", url, nil, withKey(editor))["workflow"].(string)
	team = path(t, f.must(200, "GET", "/v1/workflows/"+own, nil), "draft", "definition", "nodes", "team")
	require.Equal(t, "secret:slack_team", path(t, team, "with", "webhook"), "the stored secret is used")
	require.NotContains(t, team, "disabled")
}

// TestInstallsAtTheSameTime: each gets a draft of its own, and what they share is made once.
func TestInstallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		const n = 6
		answers := make(chan answer, n)
		for range n {
			go func() { answers <- f.call("POST", "/v1/templates/post-purchase/install", nil) }()
		}
		keys, made := map[string]bool{}, []string{}
		for range n {
			a := <-answers
			require.Equal(t, 201, a.status, a.body)
			keys[a.json["workflow"].(string)] = true
			made = append(made, summary(t, a.json["created"])...)
		}
		require.Len(t, keys, n)
		require.ElementsMatch(t, []string{"course program-a", "pipeline sales", "email_template receipt", "workflow course-onboarding"}, made)

		// Stages that are added to one pipeline at the same time all stay.
		for j := range n {
			go func() {
				answers <- f.call("POST", "/v1/templates/post-purchase/install", object{"answers": object{
					"stage": fmt.Sprintf("won-%d", j), "course": fmt.Sprintf("course-%d", j), "onboarding": fmt.Sprintf("onboarding-%d", j),
				}})
			}()
		}
		for range n {
			a := <-answers
			require.Equal(t, 201, a.status, a.body)
		}
		require.Len(t, f.must(200, "GET", "/v1/pipelines/sales", nil)["stages"], 2+n)
	})
}
