package cases

import (
	"net/http"

	"github.com/stretchr/testify/require"
)

func policyCases() []Case {
	return []Case{
		{"policy-held", policyHeld},
		{"policy-held-store", policyHeldStore},
		{"policy-continue", policyContinue},
		{"policy-fail", policyFail},
		{"policy-skip", policySkip},
	}
}

func policyHeld(p *Passage) {
	p.answer("", http.StatusBadRequest, "no")
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}, next: b}
  b: {type: end}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	require.Equal(p.t, "step_failed", e["reason"])
	require.Equal(p.t, "http_400", step(e, "a")["reason"])
	p.operate(e, "retry", nil)
	p.Eventually("it was tried again", func() bool { return len(p.HTTP.On(p.path(""))) == 2 })
	e = p.awaits("a", "held")
	p.answer("", http.StatusOK, "{}")
	p.Eventually("the operator can retry", func() bool {
		status, _ := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/retry", nil)
		return status == http.StatusOK
	})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:ok", "b:done"}, path(e))
	require.InDelta(p.t, 3, step(e, "a")["attempts"], 0)
	for _, c := range p.HTTP.On(p.path("")) {
		require.Equal(p.t, effectKey(e, "a", "1"), c.Header.Get("Idempotency-Key"))
	}
}

func policyHeldStore(p *Passage) {
	p.publish(`  a: {type: deal_move, with: {pipeline: sales, stage: won}, next: b}
  b: {type: end}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	require.Equal(p.t, "step_failed", e["reason"])
	require.Equal(p.t, "no_deal", step(e, "a")["reason"])
	p.Must("POST", "/v1/deals", map[string]any{"title": "Late", "pipeline": "sales", "contact": p.contactID()})
	p.operate(e, "retry", nil)
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done"}, path(e))
	require.Nil(p.t, step(e, "a")["error"])
	require.Equal(p.t, "won", p.deals()[0]["stage"])
}

func policyContinue(p *Passage) {
	p.answer("", http.StatusGone, "no")
	p.publish(`  a: {type: webhook, on_error: continue, with: {url: "` + p.at("") + `"}, next: b}
  b: {type: tag_add, with: {tag: went-on}}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:failed:ok", "b:done:next"}, path(e))
	require.Equal(p.t, "http_410", step(e, "a")["reason"])
}

func policyFail(p *Passage) {
	p.answer("", http.StatusGone, "no")
	p.publish(`  a: {type: webhook, on_error: fail, with: {url: "` + p.at("") + `"}, next: b}
  b: {type: tag_add, with: {tag: never}}`)
	p.enter(nil)
	e := p.becomes("failed")
	require.Equal(p.t, "failed", e["outcome"])
	require.Equal(p.t, "step_failed", e["reason"])
	require.Equal(p.t, []string{"a:failed"}, path(e))
	require.Empty(p.t, p.contact()["tags"])
	p.closed(e)
}

func policySkip(p *Passage) {
	p.answer("", http.StatusGone, "no")
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}, next: b}
  b: {type: end}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	p.operate(e, "skip", map[string]any{})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:skipped:ok", "b:done"}, path(e))
	require.Equal(p.t, "operator", step(e, "a")["reason"])
}
