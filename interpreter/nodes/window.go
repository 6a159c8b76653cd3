package nodes

import (
	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes/form"
)

// Window passes at once inside the allowed hours and days, else at their next start.
type Window struct {
	nextPort
	From, To calendar.TimeOfDay
	Weekdays calendar.Weekdays
}

func windowSpec() Spec {
	return Spec{
		Type: "window", Title: "Time window", Group: "Timing", Icon: "calendar-range", Kind: KindWait,
		Description: "Waits for the next allowed moment. Overnight windows work.",
		MainPort:    PortNext, FixedPorts: []string{PortNext}, Available: true,
	}.with(form.Object{
		Fields: []form.Field{
			{Key: "from", Type: form.TimeOfDay{}, Label: "From", Default: "00:00"},
			{Key: "to", Type: form.TimeOfDay{}, Label: "To", Default: "24:00"},
			{Key: "weekdays", Type: form.Weekdays{}, Label: "On these days"},
		},
	}, func(v *form.Values, _ *Report) Settings {
		w := &Window{To: calendar.TimeOfDay{Hour: 24}, Weekdays: v.Days("weekdays")}
		if from := v.Time("from"); from != nil {
			w.From = *from
		}
		if to := v.Time("to"); to != nil {
			w.To = *to
		}
		return w
	})
}

// Due is the entry itself when the window is open then, else its next start.
func (w *Window) Due(in DueInput) DueResult {
	return dueAt(calendar.NextOpen(in.entered(), w.From, w.To, w.Weekdays, in.location()))
}

// Summary names the window.
func (w *Window) Summary() string {
	what := "Only " + w.From.String() + "–" + w.To.String()
	if days := DaysWords(w.Weekdays); days != "" {
		what += ", " + days
	}
	return what
}
