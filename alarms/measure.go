package alarms

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// most bounds how many rows of trouble of one source a round looks at.
	most = 2000
	// longestWindow bounds how far back errors are counted.
	longestWindow = 24 * time.Hour
	// patience is how long attempts must have failed before a step counts as an error.
	patience = 5 * time.Minute
	// usualWeeks is the time that silence is compared with.
	usualWeeks = 28 * 24 * time.Hour
	// usualHours is in how many hours of that somebody must have entered: who seldom enters is not missed.
	usualHours = 10
	// youngFor is how long a workflow must have been entered before its nights and weekends are known.
	youngFor = 8 * 24 * time.Hour
	// youngSilence is what silence must last until then.
	youngSilence = 72 * time.Hour
	// severalLate is how many workflows must be late for the account to be.
	severalLate = 3
)

// look is one round's view of the store.
type look struct {
	tx          *store.Tx
	now         time.Time
	book        *book
	zone        *time.Location
	definitions *events.Definitions
	workflows   []store.Workflow // those that take people in
	open        map[subject]*store.Alarm
	drifts      *drifts // of the rounds before
	found       []finding
}

// all measures everything.
func (l *look) all() error {
	for _, measure := range []func() error{l.errorRates, l.silences, l.lateness, l.wedged, l.drift} {
		if err := measure(); err != nil {
			return err
		}
	}
	return nil
}

// errorRates looks at what failed within each workflow's window.
func (l *look) errorRates() error {
	window := time.Duration(0)
	l.book.each(func(s Settings) { window = max(window, time.Duration(s.ErrorRate.Within)) })
	all, err := l.tx.Troubles(l.now.Add(-min(window, longestWindow)), l.now, patience, most)
	if err != nil {
		return fmt.Errorf("read errors: %w", err)
	}
	sorted, keys := byWorkflow(all)
	for _, key := range keys {
		set := l.book.of(key).ErrorRate
		within := min(time.Duration(set.Within), longestWindow)
		recent := slices.DeleteFunc(sorted[key], func(t store.Trouble) bool {
			return t.Source != store.TroubleRetrying && t.At.Before(l.now.Add(-within))
		})
		if !set.On || len(recent) == 0 || len(recent) < set.Min && l.open[subject{KindErrorRate, key}] == nil {
			continue
		}
		if err := l.errorRate(key, set, within, recent); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) errorRate(key string, set ErrorRate, within time.Duration, recent []store.Trouble) error {
	attempted, err := l.tx.CountAttempted(key, l.now.Add(-within), l.now.Add(time.Second))
	if err != nil {
		return fmt.Errorf("count attempted steps: %w", err)
	}
	n, whole := len(recent), attempted
	for _, t := range recent {
		if t.Source == store.TroubleHeld || t.Source == store.TroubleRetrying {
			whole++ // not counted yet: its step is open
		}
	}
	whole = max(whole, n)
	rate := float64(n) / float64(whole)
	node, reason, shared := worst(recent)
	f := finding{
		kind: KindErrorRate, workflow: key, at: instants(recent),
		summary:  fmt.Sprintf("%d of %s failed in the last %s (%s)", n, count(whole, "step"), length(set.Within), percent(n, whole)),
		measured: map[string]any{"errors": n, "attempted": whole, "rate": rate, "node": node, "reason": code(reason)},
	}
	if shared < n {
		f.summary += fmt.Sprintf(", %d of them at %q", shared, node)
	} else {
		f.summary += fmt.Sprintf(", at %q", node)
	}
	if reason = code(reason); reason != "" {
		f.summary += ": " + reason
	}
	switch {
	case n >= set.Min && rate >= set.Rate:
		f.level = firing
	case rate >= set.Rate/2 && 2*n >= set.Min:
		f.level = lingering
	}
	l.found = append(l.found, f)
	return nil
}

// code is a reason that is one of ours; one with spaces is somebody's own words.
func code(reason string) string {
	if strings.Contains(reason, " ") {
		return ""
	}
	return reason
}

// silences looks for active workflows that nobody enters any more.
func (l *look) silences() error {
	for i := range l.workflows {
		w := &l.workflows[i]
		set := l.book.of(w.Key).Silence
		if w.Status != store.WorkflowActive || !set.On {
			continue
		}
		if err := l.silence(w, set); err != nil {
			return fmt.Errorf("workflow %s: %w", w.Key, err)
		}
	}
	return nil
}

func (l *look) silence(w *store.Workflow, set Silence) error {
	last, err := l.tx.LastEntry(w.Key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read last entry: %w", err)
	}
	if l.now.Sub(last) < time.Duration(set.After) {
		return nil
	}
	if waits, err := l.tx.WaitsToEnter(w.Key); err != nil || waits {
		return err
	}
	def, err := l.definitions.Load(l.tx, w.Hash)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(def.Triggers, func(t definition.Trigger) bool { return t.Type != definition.TriggerManual }) {
		return nil // people enter it when somebody sees fit
	}
	since, err := l.openSince(w.Key, last)
	if err != nil {
		return err
	}
	longest, known, err := l.usual(w.Key, last)
	if err != nil || !known {
		return err
	}
	gap := l.now.Sub(since)
	limit := max(time.Duration(float64(longest)*set.Factor), time.Duration(set.After))
	if gap <= limit {
		return nil
	}
	f := finding{
		kind: KindSilence, workflow: w.Key, level: firing, at: []time.Time{last}, afterwards: true,
		summary: fmt.Sprintf("nobody has entered for %s, since %s; in the 4 weeks before, that never took longer than %s",
			span(l.now.Sub(last)), moment(last, l.zone), span(longest)),
		measured: map[string]any{"last_entry": last.UTC(), "silent_s": int64(l.now.Sub(last).Seconds()), "usual_s": int64(longest.Seconds())},
	}
	if f.summary, err = l.withEvents(f.summary, def, last); err != nil {
		return err
	}
	l.found = append(l.found, f)
	return nil
}

// withEvents says whether what the triggers wait for still arrives.
func (l *look) withEvents(summary string, def *definition.Definition, last time.Time) (string, error) {
	types := def.TriggerEvents()
	if len(types) == 0 {
		return summary, nil
	}
	newest, err := l.tx.LastEventOf(types)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return "", fmt.Errorf("read newest event: %w", err)
	case newest.After(last.Add(time.Minute)):
		return summary + fmt.Sprintf(". %s still arrives, last %s, but enrolls nobody", strings.Join(types, ", "), moment(newest, l.zone)), nil
	}
	return summary + ". No " + strings.Join(types, " or ") + " has arrived since", nil
}

// openSince is from when silence counts: the last entry, or when the workflow was opened again after it.
func (l *look) openSince(key string, last time.Time) (time.Time, error) {
	list, err := l.tx.AuditsOf([]string{"workflow.start", "workflow.resume"}, last, l.now, most)
	if err != nil {
		return last, fmt.Errorf("read audit: %w", err)
	}
	for _, a := range list {
		if a.Subject == key {
			return a.At, nil
		}
	}
	return last, nil
}

// usual is the longest time without an entry in the weeks before the last one; not known when there
// were too few.
func (l *look) usual(key string, last time.Time) (longest time.Duration, known bool, err error) {
	hours, err := l.tx.Entries(key, last.Add(-usualWeeks), last)
	if err != nil {
		return 0, false, fmt.Errorf("read entries: %w", err)
	}
	if len(hours) < usualHours {
		return 0, false, nil
	}
	for i := 1; i < len(hours); i++ {
		longest = max(longest, hours[i].Sub(hours[i-1]))
	}
	if last.Sub(hours[0]) < youngFor {
		longest = max(longest, youngSilence)
	}
	return longest, true, nil
}

// lateness looks for what was due a while ago: in several workflows at once, or in the queues that all
// of them need, it is the account that is late.
func (l *look) lateness() error {
	shortest := time.Duration(l.book.account.Lateness.After)
	l.book.each(func(s Settings) { shortest = min(shortest, time.Duration(s.Lateness.After)) })
	all, err := l.tx.LateEnrollments("", l.now.Add(-shortest), most)
	if err != nil {
		return fmt.Errorf("read late enrollments: %w", err)
	}
	sorted, keys := byWorkflow(all)
	var late []finding
	for _, key := range keys {
		set := l.book.of(key).Lateness
		list := slices.DeleteFunc(sorted[key], func(t store.Trouble) bool { return l.now.Sub(t.At) <= time.Duration(set.After) })
		if !set.On || len(list) == 0 {
			continue
		}
		node, _, _ := worst(list)
		f := finding{kind: KindLateness, workflow: key, level: firing, at: instants(list), measured: map[string]any{"late": len(list), "node": node}}
		longest := l.now.Sub(f.began(l.now))
		f.summary = fmt.Sprintf("%s late, by up to %s, most at %q", are(len(list), "enrollment"), span(longest), node)
		f.measured["longest_s"] = int64(longest.Seconds())
		late = append(late, f)
	}
	whole, err := l.lateAccount(late)
	if err != nil {
		return err
	}
	if whole == nil {
		l.found = append(l.found, late...)
		return nil
	}
	l.found = append(l.found, *whole)
	for _, f := range late { // what is open stays open; nothing new is said of one workflow
		f.level = lingering
		l.found = append(l.found, f)
	}
	return nil
}

// lateAccount is what is late as a whole, nil when nothing is.
func (l *look) lateAccount(late []finding) (*finding, error) {
	set := l.book.account.Lateness
	if !set.On {
		return nil, nil
	}
	whole := &finding{kind: KindLateness, level: firing, measured: map[string]any{}}
	var said []string
	for _, queue := range []struct {
		name, one, several string
		lag                func() (int, *time.Time, error)
	}{
		// The router's queue holds contacts: each has one event or more.
		{"router", "1 contact has events that are not routed", "%d contacts have events that are not routed", l.tx.RouterLag},
		{"dispatcher", "1 call to Temporal is not made", "%d calls to Temporal are not made", l.tx.DispatchLag},
	} {
		depth, oldest, err := queue.lag()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", queue.name, err)
		}
		if oldest == nil || l.now.Sub(*oldest) <= time.Duration(set.After) {
			continue
		}
		whole.at = append(whole.at, oldest.UTC())
		whole.measured[queue.name+"_age_s"] = int64(l.now.Sub(*oldest).Seconds())
		words := queue.one
		if depth != 1 {
			words = fmt.Sprintf(queue.several, depth)
		}
		said = append(said, words+", the oldest for "+span(l.now.Sub(*oldest)))
	}
	if len(late) >= severalLate {
		n := 0
		for _, f := range late {
			n += len(f.at)
			whole.at = append(whole.at, f.at...)
		}
		whole.measured["late"], whole.measured["workflows"] = n, len(late)
		said = append(said, fmt.Sprintf("%s late in %s, by up to %s", are(n, "enrollment"), count(len(late), "workflow"), span(l.now.Sub(whole.began(l.now)))))
	}
	whole.summary = strings.Join(said, "; ")
	if len(said) == 0 {
		return nil, nil
	}
	return whole, nil
}

func are(n int, of string) string {
	if n == 1 {
		return "1 " + of + " is"
	}
	return count(n, of) + " are"
}

// wedged looks for what cannot go on without a person.
func (l *look) wedged() error {
	all, err := l.tx.WedgedEnrollments(most)
	if err != nil {
		return fmt.Errorf("read wedged enrollments: %w", err)
	}
	sorted, keys := byWorkflow(all)
	for _, key := range keys {
		if !l.book.of(key).Wedged.On {
			continue
		}
		list := sorted[key]
		node, reason, _ := worst(list)
		summary := "1 run cannot go on by itself"
		if len(list) > 1 {
			summary = fmt.Sprintf("%d runs cannot go on by themselves", len(list))
		}
		l.found = append(l.found, finding{
			kind: KindWedged, workflow: key, level: firing, at: instants(list), summary: fmt.Sprintf("%s, most at %q", summary, node),
			measured: map[string]any{"runs": len(list), "node": node, "reason": code(reason)},
		})
	}
	stopped, err := l.tx.StoppedContacts()
	if err != nil {
		return fmt.Errorf("read stopped queues: %w", err)
	}
	if len(stopped) == 0 || !l.book.account.Wedged.On {
		return nil
	}
	f := finding{kind: KindWedged, level: firing, measured: map[string]any{"queues": len(stopped)}}
	for i := range stopped {
		f.at = append(f.at, stopped[i].CreatedAt.UTC())
	}
	f.summary = fmt.Sprintf("the queues of %s have stopped at an event that cannot be routed", count(len(stopped), "contact"))
	l.found = append(l.found, f)
	return nil
}
