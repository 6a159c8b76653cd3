package nodes

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes/form"
)

// Wait passes after a length of time.
type Wait struct {
	nextPort
	// For is the length; with Random it lies between Min and Max instead.
	For, Min, Max calendar.Duration
	Random        bool
}

func waitSpec() Spec {
	return Spec{
		Type: "wait", Title: "Wait", Group: "Timing", Icon: "clock", Kind: KindWait,
		Description: "Waits for a length of time. Days and weeks are calendar days in the contact's zone.",
		MainPort:    PortNext, FixedPorts: []string{PortNext}, Holds: true, Available: true,
	}.with(form.Object{
		Fields: []form.Field{
			{Key: "for", Type: form.Duration{}, Label: "Wait for", Placeholder: "2d", Help: "90s, 15m, 4h, 7d or 3w"},
			{
				Key: "random", Type: form.List{Of: form.Duration{}, Min: 2, Max: 2}, Label: "Random between",
				Widget: "duration-range", Help: "the shortest and the longest wait",
			},
		},
		OneOf: [][]string{{"for", "random"}},
	}, decodeWait)
}

func decodeWait(v *form.Values, r *Report) Settings {
	w := &Wait{For: v.Duration("for"), Random: v.Has("random")}
	if ends, ok := v.Any("random").([]any); ok && len(ends) == 2 {
		w.Min, _ = ends[0].(calendar.Duration)
		w.Max, _ = ends[1].(calendar.Duration)
		if w.Max.Approx() < w.Min.Approx() {
			r.Error(form.Join(v.Path, "random"), form.CodeValue, "the first must be the shorter one", fmt.Sprintf("write [%s, %s]", w.Max, w.Min))
		}
	}
	return w
}

// Due is the entry plus the length.
func (w *Wait) Due(in DueInput) DueResult {
	entered, loc := in.entered(), in.location()
	if !w.Random {
		return dueAt(w.For.From(entered, loc))
	}
	first, last := w.Min.From(entered, loc), w.Max.From(entered, loc)
	span := float64(last.Sub(first))
	return dueAt(first.Add(time.Duration(span * Fraction(in.Seed)).Truncate(time.Second)))
}

// Longest is the longest time that the wait can take.
func (w *Wait) Longest() time.Duration {
	if w.Random {
		return w.Max.Approx()
	}
	return w.For.Approx()
}

// Summary says how long.
func (w *Wait) Summary() string {
	if w.Random {
		return "Wait between " + LengthWords(w.Min) + " and " + LengthWords(w.Max)
	}
	return "Wait " + LengthWords(w.For)
}
