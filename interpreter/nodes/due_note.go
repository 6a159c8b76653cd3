package nodes

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
)

// LocalWords writes an instant for people as the clocks of loc show it: Mon 9 Mar 2026 09:00.
func LocalWords(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("Mon 2 Jan 2006 15:04")
}

// LocalWordsToSeconds is LocalWords with the seconds.
func LocalWordsToSeconds(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("Mon 2 Jan 2006 15:04:05")
}

// DueNote says in words why a wait ends when it does, where that is not simply what its settings
// say: a day that is not allowed, a time that the clocks skip, a moment that has passed. r is what
// Due answered to in. Without anything to say it is empty.
func DueNote(s Settings, in DueInput, r DueResult) string {
	if r.Failure != nil {
		return ""
	}
	switch s := s.(type) {
	case *Wait:
		return s.note(in, r)
	case *WaitUntil:
		return s.note(in, r)
	case *Window:
		if r.At.After(in.entered()) {
			return fmt.Sprintf("Closed on %s; it opens then.", LocalWords(in.entered(), in.location()))
		}
		return "Open at that moment: it goes on at once."
	case *WaitEvent:
		if r.Forever {
			return "It has no end but its events."
		}
		return "At the latest then; earlier when one of its events arrives."
	case *Approval:
		if r.Forever {
			return "It has no end but an answer."
		}
		return "At the latest then; earlier when somebody answers."
	}
	return ""
}

func (w *Wait) note(in DueInput, r DueResult) string {
	entered, loc := in.entered(), in.location()
	if w.Random {
		return fmt.Sprintf("Any moment from %s to %s; each passage draws its own.",
			LocalWords(w.Min.From(entered, loc), loc), LocalWords(w.Max.From(entered, loc), loc))
	}
	if w.For.Days == 0 {
		return ""
	}
	hour, minute, _ := entered.In(loc).Clock()
	return clockNote(r.At, calendar.TimeOfDay{Hour: hour, Minute: minute}, loc)
}

func (w *WaitUntil) note(in DueInput, r DueResult) string {
	loc := in.location()
	switch {
	case r.Exit:
		return "The moment has passed: the enrollment ends here."
	case r.At.Before(in.entered()):
		return "The moment has passed: it goes on at once."
	}
	if base, pure, failed := w.base(in); failed == nil && !w.Weekdays.IsAll() {
		meant := calendar.OnDate(base, pure, w.shift(), w.At, calendar.All(), loc)
		if !meant.Equal(r.At) && !w.Weekdays.Allows(meant.In(loc).Weekday()) {
			return fmt.Sprintf("Moved from %s, which is none of %s.", meant.In(loc).Format("Mon 2 Jan 2006"), DaysWords(w.Weekdays))
		}
	}
	if w.At != nil {
		return clockNote(r.At, *w.At, loc)
	}
	return ""
}

// clockNote says what a clock change does to a wanted time of day.
func clockNote(at time.Time, wanted calendar.TimeOfDay, loc *time.Location) string {
	local := at.In(loc)
	hour, minute, _ := local.Clock()
	shows := calendar.TimeOfDay{Hour: hour, Minute: minute}
	_, later := local.ZoneBounds()
	switch {
	case shows != wanted && wanted.Hour < 24:
		return fmt.Sprintf("%s does not exist that night, as the clocks are set forward; %s is the first moment after it.", wanted, shows)
	case later.IsZero():
		return ""
	}
	_, before := local.Zone()
	_, after := later.Zone()
	if again := at.Add(time.Duration(before-after) * time.Second); after < before && !again.Before(later) {
		return fmt.Sprintf("%s comes twice that night, as the clocks are set back; the first one counts.", wanted)
	}
	return ""
}
