package api

import (
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
	"fermata/store"
)

// timesAhead is how many instants a preview of times shows.
const timesAhead = 3

// PreviewTimes says in words and in dates what a date, a schedule, quiet hours or a rate means.
func (s *server) PreviewTimes(c *gin.Context) {
	in, err := bind[gen.TimesPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		st, err := s.stage(tx, seenFrom{contact: in.Contact, workflow: in.Workflow})
		if err != nil {
			return reply{}, err
		}
		setting := st.settings.Timezone
		if in.Settings != nil {
			if setting, err = zoneSetting(*in.Settings); err != nil {
				return reply{}, err
			}
		}
		p := &foresight{stage: st, setting: setting, now: s.now().UTC()}
		raw, err := decodeObject(in.With)
		if err != nil {
			return reply{}, invalid("/with", "must be an object", "")
		}
		if err := p.look(string(in.What), raw); err != nil {
			return reply{}, err
		}
		return ok(p.answer()), nil
	})
}

// foresight is what a preview of times finds out.
type foresight struct {
	*stage
	setting string
	now     time.Time

	report form.Report
	loc    *time.Location
	source string
	words  string
	note   string
	times  []gen.PreviewTime
}

func (p *foresight) look(what string, raw map[string]any) error {
	p.loc, p.source = events.ZoneSource(p.setting, p.contact, p.account)
	switch what {
	case definition.PreviewDate:
		return p.date(raw)
	case definition.PreviewSchedule:
		p.schedule(raw)
	case definition.PreviewQuietHours:
		p.quiet(raw)
	case definition.PreviewSendRate, definition.PreviewFrequencyCap:
		p.rate(what, raw)
	}
	return nil
}

func (p *foresight) failed() bool { return failed(previewProblems(&p.report)) }

func (p *foresight) date(raw map[string]any) error {
	t := definition.ReadDate(raw, &p.report)
	if p.failed() {
		return nil
	}
	p.words = t.Words()
	if p.contact == nil {
		p.note = "Choose a contact to see its dates."
		return nil
	}
	list, dated, err := events.NextDates(p.tx, p.contact, t, p.setting, p.now, timesAhead)
	if err != nil {
		return err
	}
	for _, at := range list {
		p.add(at)
	}
	switch {
	case !dated:
		p.note = fmt.Sprintf("%s holds no date: nothing fires.", t.Field)
	case len(list) == 0:
		p.note = "The date has passed, and a date that has passed does not fire."
	}
	return nil
}

// schedule counts in its own zone, else in that of the workflow, never in that of a contact.
func (p *foresight) schedule(raw map[string]any) {
	t := definition.ReadSchedule(raw, &p.report)
	setting := p.setting
	if t.Timezone != "" {
		setting = t.Timezone
	}
	p.loc, p.source = events.ZoneSource(setting, nil, p.account)
	if t.Timezone != "" && p.source == events.ZoneOfWorkflow {
		p.source = string(gen.TimesPreviewTimezoneSourceTrigger)
	}
	if p.failed() {
		return
	}
	p.words = t.Words()
	for _, at := range t.Next(p.now, p.loc, timesAhead) {
		p.add(at)
	}
}

func (p *foresight) quiet(raw map[string]any) {
	hours := definition.ReadQuietHours(raw, &p.report)
	if p.failed() {
		return
	}
	p.words = hours.Words()
	for at := p.now; len(p.times) < timesAhead; {
		from, until, some := hours.Next(at, p.loc)
		if !some {
			return
		}
		if from.Equal(p.now) {
			p.note = "It is quiet now."
		}
		p.times = append(p.times, gen.PreviewTime{
			At: from.UTC(), Local: nodes.LocalWords(from, p.loc), Until: utc(&until), UntilLocal: ptr(nodes.LocalWords(until, p.loc)),
		})
		at = until
	}
}

func (p *foresight) rate(what string, raw map[string]any) {
	rate := definition.ReadRate(raw, &p.report)
	if p.failed() {
		return
	}
	p.words = rate.Words()
	if what == definition.PreviewFrequencyCap {
		p.note = "A mail over it is suppressed."
		return
	}
	p.note = fmt.Sprintf("One every %s. When many are due now, the first of them go then.", nodes.PaceWords(rate.Interval()))
	for i := range timesAhead {
		at := p.now.Add(time.Duration(i) * rate.Interval())
		p.times = append(p.times, gen.PreviewTime{At: at, Local: nodes.LocalWordsToSeconds(at, p.loc)})
	}
}

func (p *foresight) add(at time.Time) {
	p.times = append(p.times, gen.PreviewTime{At: at.UTC(), Local: nodes.LocalWords(at, p.loc)})
}

func (p *foresight) answer() gen.TimesPreview {
	return gen.TimesPreview{
		Words: text(p.words), Note: text(p.note), Times: append([]gen.PreviewTime{}, p.times...), Problems: previewProblems(&p.report),
		Timezone: p.loc.String(), TimezoneSource: gen.TimesPreviewTimezoneSource(p.source),
	}
}
