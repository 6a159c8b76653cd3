package definition

import (
	"time"

	"fermata/interpreter/calendar"
)

// Next returns the first moment strictly after t at which the trigger fires for a value of its
// field: the date of the value, every anniversary of it when it is yearly, moved by the offset and
// to the time of day in loc. Without a time of day it is 09:00 on a pure date, else the value's own.
// ok is false for a value that is no date, and when nothing comes after t.
func (d *DateTrigger) Next(value any, t time.Time, loc *time.Location) (at time.Time, ok bool) {
	var base time.Time
	pure := false
	switch v := value.(type) {
	case time.Time:
		base = v
	case string:
		var err error
		if base, pure, err = calendar.ParseInstant(v, loc); err != nil {
			return time.Time{}, false
		}
	default:
		return time.Time{}, false
	}
	if d.Yearly {
		return calendar.NextYearly(base, pure, d.Offset, d.At, calendar.All(), t, loc), true
	}
	at = calendar.OnDate(base, pure, d.Offset, d.At, calendar.All(), loc)
	return at, at.After(t)
}
