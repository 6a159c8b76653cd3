package cases

import (
	"github.com/stretchr/testify/require"
)

func dealCases() []Case {
	return []Case{
		{"deal-create", dealCreate},
		{"deal-move", dealMove},
		{"deal-only-forward", dealOnlyForward},
		{"deal-none", dealNone},
		{"deal-assign", dealAssign},
		{"deal-round-robin", dealRoundRobin},
	}
}

func (p *Passage) deals() []map[string]any { return p.Items("/v1/deals?contact=" + p.contactID()) }

func (p *Passage) logged(event string) int {
	return len(p.Items("/v1/events?type=" + event + "&contact=" + p.contactID()))
}

func dealCreate(p *Passage) {
	p.publish(`  a: {type: deal_create, with: {pipeline: sales, title: "Order {{ trigger.order_id }}", value: "{{ trigger.amount }}", currency: EUR, owner: sam@example.com}, next: b}
  b: {type: deal_create, with: {pipeline: sales, stage: won, value: 5}}`)
	p.passes(map[string]any{"order_id": "A-9", "amount": 49.5})
	deals := p.deals()
	require.Len(p.t, deals, 2)
	for _, d := range deals {
		if d["stage"] == "won" {
			require.Equal(p.t, "won", d["status"])
			require.Equal(p.t, p.Key, d["title"], "without a title it is the workflow's name")
			require.Equal(p.t, "USD", d["currency"])
			continue
		}
		require.Equal(p.t, "new", d["stage"])
		require.Equal(p.t, "Order A-9", d["title"])
		require.InDelta(p.t, 49.5, d["value"], 0)
		require.Equal(p.t, "EUR", d["currency"])
		require.Equal(p.t, "sam@example.com", d["owner"])
	}
	require.Equal(p.t, 2, p.logged("deal.created"))
	require.Equal(p.t, 1, p.logged("deal.won"))
}

func dealMove(p *Passage) {
	p.publish(`  a: {type: deal_create, with: {pipeline: sales}, next: b}
  b: {type: deal_move, with: {pipeline: sales, stage: won}, next: c}
  c: {type: deal_move, with: {pipeline: sales, stage: won}, next: d}
  d: {type: deal_move, with: {pipeline: sales, stage: refunded}}`)
	e := p.passes(nil)
	require.Len(p.t, p.deals(), 1)
	require.Equal(p.t, "refunded", p.deals()[0]["stage"])
	require.Equal(p.t, "lost", p.deals()[0]["status"])
	require.Equal(p.t, false, result(step(e, "c"))["changed"])
	require.Equal(p.t, 2, p.logged("deal.stage_changed"), "the same stage again is done without an event")
	require.Equal(p.t, 1, p.logged("deal.won"))
	require.Equal(p.t, 1, p.logged("deal.lost"))
}

func dealOnlyForward(p *Passage) {
	p.publish(`  a: {type: deal_create, with: {pipeline: sales, stage: won}, next: b}
  b: {type: deal_move, with: {pipeline: sales, stage: new, only_forward: true}, next: c}
  c: {type: deal_move, with: {pipeline: sales, stage: refunded, only_forward: true}}`)
	e := p.passes(nil)
	require.Equal(p.t, false, result(step(e, "b"))["changed"])
	require.Equal(p.t, "won", result(step(e, "b"))["stage"])
	require.Equal(p.t, "refunded", p.deals()[0]["stage"])
}

func dealNone(p *Passage) {
	p.publish(`  a: {type: deal_move, with: {pipeline: sales, stage: won}, next: {next: d, error: b}}
  b: {type: deal_assign, with: {pipeline: sales, owner: sam@example.com}, next: {next: d, error: c}}
  c: {type: deal_move, with: {pipeline: sales, stage: won, create: true}, next: d}
  d: {type: end}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:failed:error", "b:failed:error", "c:done:next", "d:done"}, path(e))
	require.Equal(p.t, "no_deal", step(e, "a")["reason"])
	require.Equal(p.t, "no_deal", step(e, "b")["reason"])
	require.Equal(p.t, "won", p.deals()[0]["stage"])
}

func dealAssign(p *Passage) {
	p.publish(`  a: {type: deal_assign, with: {pipeline: clients, owner: "{{ trigger.owner }}", create: true}, next: b}
  b: {type: deal_assign, with: {pipeline: clients, owner: kim@example.com}}`)
	e := p.passes(map[string]any{"owner": "sam@example.com"})
	require.Len(p.t, p.deals(), 1)
	require.Equal(p.t, "kim@example.com", p.deals()[0]["owner"])
	require.Equal(p.t, "onboarding", p.deals()[0]["stage"])
	require.Equal(p.t, true, result(step(e, "a"))["created"])
	require.Equal(p.t, false, result(step(e, "b"))["created"])
}

func dealRoundRobin(p *Passage) {
	p.publish(`  a: {type: deal_create, with: {pipeline: sales}, next: b}
  b: {type: deal_assign, with: {pipeline: sales, round_robin: [one@example.com, two@example.com]}}`)
	for n := 1; n <= 4; n++ {
		p.requireVerdict(p.again(nil), "enrolled", "")
		p.ended(n)
	}
	owners := map[any]int{}
	for _, d := range p.deals() {
		owners[d["owner"]]++
	}
	require.Equal(p.t, map[any]int{"one@example.com": 2, "two@example.com": 2}, owners)
}
