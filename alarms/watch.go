package alarms

import (
	"fmt"
	"time"

	"fermata/store"
)

const (
	// WatchFor is how long a workflow is watched after a publish, and with how much it is compared.
	WatchFor = 48 * time.Hour
	// watchLate is how much too late a wait must go on to count.
	watchLate = time.Minute
	// sumsAtOnce bounds how many watches one round sums up.
	sumsAtOnce = 20
)

// Count is what happened in a stretch of time.
type Count struct {
	Entered   int `json:"entered"`
	Finished  int `json:"finished"`
	Attempted int `json:"attempted"`
	Errors    int `json:"errors"`
	Late      int `json:"late"`
}

// Comparison holds the time since a publish against the same time before it.
type Comparison struct {
	Before Count `json:"before"`
	After  Count `json:"after"`
	// Until is where both stretches end: the end of the watch, or now.
	Until time.Time `json:"until"`
	// Summary says both in words.
	Summary string `json:"summary"`
}

// NewWatch is the watch of a version that was published at an instant.
func NewWatch(workflow string, version int, person string, at time.Time) *store.Watch {
	return &store.Watch{Workflow: workflow, Version: version, Person: person, StartedAt: at, EndsAt: at.Add(WatchFor)}
}

// Compare counts what happened since a publish, until the end of its watch or now, and in as much time
// before it.
func Compare(tx *store.Tx, w *store.Watch, now time.Time) (Comparison, error) {
	until := w.EndsAt
	if w.DoneAt != nil && w.DoneAt.Before(until) {
		until = *w.DoneAt
	}
	if now.Before(until) {
		until = now
	}
	c := Comparison{Until: until.UTC()}
	stretch := until.Sub(w.StartedAt)
	for _, part := range []struct {
		into     *Count
		from, to time.Time
	}{{&c.Before, w.StartedAt.Add(-stretch), w.StartedAt}, {&c.After, w.StartedAt, until}} {
		counted, err := tx.Stretch(w.Workflow, part.from, part.to, watchLate)
		if err != nil {
			return c, fmt.Errorf("count stretch: %w", err)
		}
		*part.into = Count(counted)
	}
	a, b := c.After, c.Before
	c.Summary = fmt.Sprintf("In the %s since version %d: %d entered (%d in the %s before), %d finished (%d), %s of %d steps failed (%d of %d), %d went on late (%d)",
		span(stretch), w.Version, a.Entered, b.Entered, span(stretch), a.Finished, b.Finished,
		fmt.Sprint(a.Errors), a.Attempted, b.Errors, b.Attempted, a.Late, b.Late)
	return c, nil
}

// sum is a watch that is over, with what it came to.
type sum struct {
	watch   store.Watch
	figures Comparison
}

// sums counts the watches that are over.
func (l *look) sums() ([]sum, error) {
	due, err := l.tx.DueWatches(l.now, sumsAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read watches: %w", err)
	}
	list := make([]sum, 0, len(due))
	for _, w := range due {
		figures, err := Compare(l.tx, &w, l.now)
		if err != nil {
			return nil, err
		}
		list = append(list, sum{w, figures})
	}
	return list, nil
}

// summaries ends watches and tells of each once.
func (w *writer) summaries(list []sum) error {
	for i := range list {
		one := &list[i].watch
		var err error
		if one.Figures, err = store.ToJSON(list[i].figures); err != nil {
			return err
		}
		one.DoneAt = &w.now
		ended, err := w.tx.EndWatch(one)
		if err != nil {
			return fmt.Errorf("end watch: %w", err)
		}
		if !ended || !w.book.of(one.Workflow).Watch.On {
			continue
		}
		if err := w.summary(one, list[i].figures); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) summary(one *store.Watch, figures Comparison) error {
	content, err := newContent(
		fmt.Sprintf("%s, %s after version %d", one.Workflow, span(WatchFor), one.Version),
		[]string{figures.Summary + ".", fmt.Sprintf("Published %s by %s.", moment(one.StartedAt, w.zone), one.Person), w.link(one.Workflow)},
		"watch.summary", w.now, map[string]any{
			"workflow": one.Workflow, "version": one.Version, "person": one.Person, "started_at": one.StartedAt.UTC(),
			"ends_at": one.EndsAt.UTC(), "before": figures.Before, "after": figures.After, "summary": figures.Summary,
		})
	if err != nil {
		return err
	}
	return w.queue(fmt.Sprintf("watch:%s:%d", one.Workflow, one.Version), noticeSummary, 0, content, func(c *store.AlarmChannel) (bool, error) {
		return wants(c, KindWatch, one.Workflow)
	})
}
