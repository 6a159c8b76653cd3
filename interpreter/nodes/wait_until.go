package nodes

import (
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// PastExit is the value of `past` that ends the enrollment.
const PastExit = "exit"

// anchorEnrollment is the anchor of day N unless a path is given.
const anchorEnrollment = "enrollment"

// WaitUntil passes at a moment: a date, a date held by a field, or day N.
type WaitUntil struct {
	nextPort
	// Date is Liquid; Field is a path. With neither, Day counts from Anchor, a path
	// or "enrollment".
	Date, Field string
	Offset      calendar.Duration
	// Follow re-times the wait when the field changes.
	Follow bool
	Day    int
	Anchor string
	// At is nil to keep the time of day of the date or anchor.
	At       *calendar.TimeOfDay
	Weekdays calendar.Weekdays
	// Past is "continue" or "exit".
	Past string
}

func waitUntilSpec() Spec {
	return Spec{
		Type: "wait_until", Title: "Wait until", Group: "Timing", Icon: "calendar-clock", Kind: KindWait,
		Description: "Waits until a date, a date in a field, or a number of days after the start.",
		MainPort:    PortNext, FixedPorts: []string{PortNext}, Holds: true, Available: true,
	}.with(form.Object{
		Fields: []form.Field{
			{Key: "date", Type: form.Liquid{}, Label: "Date", Placeholder: "2026-03-09", Help: "a date or RFC 3339 moment; may be a merge field", Group: "when"},
			{Key: "field", Type: form.Path{Bare: true}, Label: "Date field", Placeholder: "contact.renewal_date", Group: "when"},
			{Key: "offset", Type: form.Duration{Signed: true}, Label: "Before or after it", Placeholder: "-3d", Default: "0d"},
			{Key: "follow", Type: form.Bool{}, Label: "Follow changes of the field", Default: true},
			{Key: "day", Type: form.Whole{Min: 0, Max: 1826}, Label: "Day", Placeholder: "7", Help: "day 0 is the day of the anchor", Group: "when"},
			{Key: "anchor", Type: form.Path{Words: []string{anchorEnrollment}}, Label: "Count from", Default: anchorEnrollment},
			{Key: "at", Type: form.TimeOfDay{}, Label: "At", Placeholder: "09:00"},
			{Key: "weekdays", Type: form.Weekdays{}, Label: "On these days", Help: "another day moves forward to the next of these"},
			{Key: "past", Type: choice("continue", PastExit), Label: "If it has passed", Default: "continue"},
		},
		OneOf: [][]string{{"date", "field", "day"}},
		Extra: map[string]any{
			"dependentRequired": map[string]any{"follow": []any{"field"}, "anchor": []any{"day"}},
			"not":               map[string]any{"required": []any{"day", "offset"}},
		},
	}, decodeWaitUntil)
}

func decodeWaitUntil(v *form.Values, r *Report) Settings {
	w := &WaitUntil{
		Date: v.Text("date"), Field: v.Text("field"), Offset: v.Duration("offset"), Follow: v.Bool("follow", true),
		Day: v.Whole("day"), Anchor: v.TextOr("anchor", anchorEnrollment),
		At: v.Time("at"), Weekdays: v.Days("weekdays"), Past: v.TextOr("past", "continue"),
	}
	if w.Date != "" && !form.HasLiquid(w.Date) {
		if _, _, err := calendar.ParseInstant(w.Date, time.UTC); err != nil {
			r.Error(form.Join(v.Path, "date"), form.CodeValue, fmt.Sprintf("%s is not a date", quoted(w.Date)), calendar.ErrInstant.Error())
		}
	}
	onlyWith(v, r, "field", "follow")
	onlyWith(v, r, "day", "anchor")
	if v.Has("day") {
		if v.Has("offset") {
			r.Error(form.Join(v.Path, "offset"), form.CodeConflict, "offset has a meaning only beside field or date", "add the days to day")
		}
	}
	return w
}

// Due is the moment that the settings name. The past is judged from the entry into
// the step, so that asking again later gives the same answer.
func (w *WaitUntil) Due(in DueInput) DueResult {
	base, pure, f := w.base(in)
	if f != nil {
		return DueResult{Failure: f}
	}
	loc, entered := in.location(), in.entered()
	at := calendar.OnDate(base, pure, w.shift(), w.At, w.Weekdays, loc)
	if in.InCycle && !at.After(entered) {
		return dueAt(w.next(base, pure, entered, loc))
	}
	if at.Before(entered) && w.Past == PastExit {
		return DueResult{At: at.UTC(), Exit: true}
	}
	return dueAt(at)
}

func (w *WaitUntil) countsDays() bool { return w.Date == "" && w.Field == "" }

func (w *WaitUntil) shift() calendar.Duration {
	if w.countsDays() {
		return calendar.Duration{Days: w.Day}
	}
	return w.Offset
}

func (w *WaitUntil) base(in DueInput) (t time.Time, pure bool, f *Failure) {
	switch {
	case w.Field != "":
		return lookupInstant(in.Scope, w.Field, in.location())
	case w.Date != "":
		rendered, err := expr.Render(w.Date, in.Scope, expr.RenderOptions{})
		if err != nil {
			return time.Time{}, false, failure(err)
		}
		return instantOf(strings.TrimSpace(rendered), "date", in.location())
	case w.Anchor == anchorEnrollment || w.Anchor == "":
		return in.Anchor, in.AnchorPure, nil
	}
	return lookupInstant(in.Scope, w.Anchor, in.location())
}

// next is the first occurrence strictly after t: the next anniversary of a date,
// or the next multiple of N days.
func (w *WaitUntil) next(base time.Time, pure bool, t time.Time, loc *time.Location) time.Time {
	if !w.countsDays() {
		return calendar.NextYearly(base, pure, w.Offset, w.At, w.Weekdays, t, loc)
	}
	every := max(w.Day, 1)
	// Weekdays move a day forward by less than a week, so the first guess may be
	// early, never late.
	passed := int(t.Sub(base).Hours()/24) - 8
	for n := max(passed/every, 1) * every; ; n += every {
		if at := calendar.DayN(base, pure, n, w.At, w.Weekdays, loc); at.After(t) {
			return at
		}
	}
}

// Longest is the longest time that the wait is known to take; dates are not.
func (w *WaitUntil) Longest() time.Duration {
	return time.Duration(w.Day) * 24 * time.Hour
}

// Summary says until when.
func (w *WaitUntil) Summary() string {
	what := fmt.Sprintf("Wait until day %d", w.Day)
	switch {
	case w.Field != "" || w.Date != "":
		what = "Wait until " + w.Field
		if w.Date != "" {
			what = "Wait until " + w.Date
		}
		if w.Offset.Sign() > 0 {
			what = "Wait until " + LengthWords(w.Offset) + " after " + w.Field + w.Date
		}
		if w.Offset.Sign() < 0 {
			what = "Wait until " + LengthWords(w.Offset.Negate()) + " before " + w.Field + w.Date
		}
	case w.Anchor != anchorEnrollment && w.Anchor != "":
		what += " after " + w.Anchor
	}
	if w.At != nil {
		what += " at " + w.At.String()
	}
	if days := DaysWords(w.Weekdays); days != "" {
		what += ", " + days
	}
	return what
}
