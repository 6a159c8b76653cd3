package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// event is one event of the plan. at is when it should be posted, from the beginning.
type event struct {
	ID         string         `json:"id"`
	Type       string         `json:"type"`
	Contact    map[string]any `json:"contact"`
	Data       map[string]any `json:"data"`
	OccurredAt time.Time      `json:"occurred_at"`
	at         time.Duration
}

// post is one request: the numbers of its events in the plan.
type post struct {
	at    time.Duration
	items []int
}

// plan is all that happens to the contacts of a scenario, and in which requests it is
// told: some events several times at once, some long after others that came first.
type plan struct {
	rng    *rand.Rand
	events []event
	posts  []post
	window time.Duration
	twice  int // events that are posted more than once
}

// newPlan makes n events within a window.
func newPlan(seed uint64, n int, window time.Duration) *plan {
	p := &plan{rng: rand.New(rand.NewPCG(seed, 1)), window: window}
	contacts := max(8, n/25)
	for story := 0; len(p.events) < n; story++ {
		contact := p.rng.IntN(contacts)
		switch p.rng.IntN(11) {
		case 0, 1, 2, 3:
			p.order(contact, story)
		case 4, 5:
			p.form(contact, story)
		case 6:
			p.trial(contact, story)
		case 7:
			p.burst(0, story, 1+p.rng.IntN(min(40, max(1, n/30))))
		case 8:
			p.letters(contacts, story, 1+p.rng.IntN(max(1, n/30)))
		default:
			p.burst(contact, story, 1+p.rng.IntN(3))
		}
	}
	p.events = p.events[:n]
	p.arrange()
	return p
}

// arrange puts the events into the order of their time and into requests.
func (p *plan) arrange() {
	sort.SliceStable(p.events, func(i, j int) bool { return p.events[i].at < p.events[j].at })
	p.pack()
}

// tell adds one event of a story at a share of the window.
func (p *plan) tell(contact int, typ string, at float64, data map[string]any) {
	id := fmt.Sprintf("plan-%06d", len(p.events))
	occurred := time.Now().UTC().Add(-time.Duration(p.rng.IntN(7200)) * time.Second).Truncate(time.Second)
	data["plan"] = []string{"free", "pro"}[p.rng.IntN(2)]
	p.events = append(p.events, event{
		ID: id, Type: typ, Contact: map[string]any{"email": address(contact)}, Data: data, OccurredAt: occurred,
		at: time.Duration(at * float64(p.window)),
	})
}

func address(contact int) string { return fmt.Sprintf("person%05d@example.com", contact) }

// order is the life of an order: one in ten is told in any order, some are created
// twice under two ids, some are canceled, some never end.
func (p *plan) order(contact, story int) {
	id := fmt.Sprintf("A-%d", story)
	steps := []string{"order.created"}
	if p.rng.IntN(10) > 0 {
		steps = append(steps, "order.fulfilled")
	}
	if p.rng.IntN(10) > 1 {
		steps = append(steps, "order.delivered")
	}
	if p.rng.IntN(5) == 0 {
		steps = append(steps, "order.canceled")
	}
	if p.rng.IntN(8) == 0 {
		steps = append(steps, steps[p.rng.IntN(len(steps))])
	}
	at, shuffled := p.rng.Float64()*0.8, p.rng.IntN(10) == 0
	for _, typ := range steps {
		if shuffled {
			at = p.rng.Float64()
		}
		p.tell(contact, typ, min(at, 1), map[string]any{"order_id": id, "amount": p.rng.IntN(500), "currency": "USD"})
		at += p.rng.Float64() * 0.1
	}
}

// form is a filled-in form, and often a page that is viewed afterwards.
func (p *plan) form(contact, story int) {
	at := p.rng.Float64() * 0.9
	p.tell(contact, "form.submitted", at, map[string]any{"form": "contact", "n": story})
	if p.rng.IntN(2) == 0 {
		p.tell(contact, "page.viewed", min(1, at+p.rng.Float64()*0.1), map[string]any{"n": story})
	}
}

// trial is a trial, two in five of which end before their time.
func (p *plan) trial(contact, story int) {
	at, id := p.rng.Float64()*0.9, fmt.Sprintf("T-%d", story)
	p.tell(contact, "trial.started", at, map[string]any{"trial": id})
	if p.rng.IntN(5) < 2 {
		p.tell(contact, "trial.ended", min(1, at+p.rng.Float64()*5/p.window.Seconds()), map[string]any{"trial": id})
	}
}

// burst counts something for one contact many times at once, some of it twice under
// two ids.
func (p *plan) burst(contact, story, n int) {
	at := p.rng.Float64()
	for i := range n {
		n := fmt.Sprintf("%d-%d", story, i)
		p.tell(contact, "counter.bumped", at, map[string]any{"n": n})
		if p.rng.IntN(10) == 0 {
			p.tell(contact, "counter.bumped", at, map[string]any{"n": n})
		}
	}
}

// letters are marketing mails to many contacts at once.
func (p *plan) letters(contacts, story, n int) {
	at := p.rng.Float64()
	for i := range min(n, 20) {
		p.tell(p.rng.IntN(contacts), "letter.asked", at, map[string]any{"n": fmt.Sprintf("%d-%d", story, i)})
	}
}

// pack puts the events into requests: half of the requests carry one, the others up to
// fifteen in any order; one event in five is in further requests at the same time.
func (p *plan) pack() {
	for i := 0; i < len(p.events); {
		n := 1
		if p.rng.IntN(2) == 0 {
			n = min(2+p.rng.IntN(14), len(p.events)-i)
		}
		items := make([]int, n)
		for k := range items {
			items[k] = i + k
		}
		p.rng.Shuffle(n, func(a, b int) { items[a], items[b] = items[b], items[a] })
		p.posts = append(p.posts, post{at: p.events[i].at, items: items})
		for _, k := range items {
			if p.rng.IntN(5) > 0 {
				continue
			}
			p.twice++
			for range 1 + p.rng.IntN(3) {
				p.posts = append(p.posts, post{at: p.events[i].at, items: []int{k}})
			}
		}
		i += n
	}
}
