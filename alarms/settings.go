package alarms

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/store"
)

// Kinds of alarm.
const (
	KindErrorRate = "error_rate"
	KindSilence   = "silence"
	KindLateness  = "lateness"
	KindWedged    = "wedged"
	KindDrift     = "drift"
	// KindWatch is no alarm: channels are told of the days after a publish under it.
	KindWatch = "watch"
)

// Kinds lists the kinds of alarm in the order in which people are shown them.
var Kinds = []string{KindErrorRate, KindSilence, KindLateness, KindWedged, KindDrift}

// Length is a length of time as people write it, of at most weeks: 90s, 15m, 4h, 7d. A day is 24 hours.
type Length time.Duration

// UnmarshalJSON reads it.
func (l *Length) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	d, err := calendar.ParseDuration(text)
	if err != nil {
		return err
	}
	*l = Length(d.Exact + time.Duration(d.Days)*24*time.Hour)
	return nil
}

// MarshalJSON writes it in the largest unit that fits.
func (l Length) MarshalJSON() ([]byte, error) {
	d := time.Duration(l)
	for _, unit := range []struct {
		size time.Duration
		sign string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d%unit.size == 0 {
			return json.Marshal(fmt.Sprint(int64(d/unit.size), unit.sign))
		}
	}
	return json.Marshal(fmt.Sprint(int64(d/time.Second), "s"))
}

// Settings say when there is an alarm.
type Settings struct {
	ErrorRate ErrorRate `json:"error_rate"`
	Silence   Silence   `json:"silence"`
	Lateness  Lateness  `json:"lateness"`
	Wedged    Wedged    `json:"wedged"`
	Drift     Drift     `json:"drift"`
	Watch     Watching  `json:"watch"`
	// RemindEvery is how often an open alarm is told again that nobody has acknowledged.
	RemindEvery Length `json:"remind_every"`
	// ClearAfter is for how long trouble must be gone before an alarm is over.
	ClearAfter Length `json:"clear_after"`
}

// ErrorRate is about failing: of the steps attempted within a length of time, Rate have failed, and at
// least Min.
type ErrorRate struct {
	On     bool    `json:"on"`
	Rate   float64 `json:"rate"`
	Min    int     `json:"min"`
	Within Length  `json:"within"`
}

// Silence is about entering: nobody has for After at least, and for Factor times the longest time that was
// usual in the weeks before.
type Silence struct {
	On     bool    `json:"on"`
	Factor float64 `json:"factor"`
	After  Length  `json:"after"`
}

// Lateness is about time: an enrollment was due more than After ago.
type Lateness struct {
	On    bool   `json:"on"`
	After Length `json:"after"`
}

// Wedged is about runs that cannot go on by themselves, contact queues that have stopped.
type Wedged struct {
	On bool `json:"on"`
}

// Drift is about how people fare: the share of those who complete, or who leave a step by one of its ways,
// lies By (of 1) from what it was in the weeks before, Min at least counted of each.
type Drift struct {
	On     bool    `json:"on"`
	By     float64 `json:"by"`
	Min    int     `json:"min"`
	Within Length  `json:"within"`
}

// Watching is whether the days after a publish are watched and summed up.
type Watching struct {
	On bool `json:"on"`
}

// Defaults are the settings of an account where nobody has set anything.
func Defaults() Settings {
	return Settings{
		ErrorRate:   ErrorRate{On: true, Rate: 0.05, Min: 3, Within: Length(time.Hour)},
		Silence:     Silence{On: true, Factor: 1.5, After: Length(time.Hour)},
		Lateness:    Lateness{On: true, After: Length(5 * time.Minute)},
		Wedged:      Wedged{On: true},
		Drift:       Drift{On: true, By: 0.2, Min: 50, Within: Length(7 * 24 * time.Hour)},
		Watch:       Watching{On: true},
		RemindEvery: Length(4 * time.Hour),
		ClearAfter:  Length(10 * time.Minute),
	}
}

// over lays what was set over settings; what was not set stays.
func (s Settings) over(set store.JSON) (Settings, error) {
	if err := set.Decode(&s); err != nil {
		return s, fmt.Errorf("read alarm settings: %w", err)
	}
	return s, nil
}

// SettingsOf returns the settings in force for a workflow, or for the account under "".
func SettingsOf(tx *store.Tx, workflow string) (Settings, error) {
	s := Defaults()
	for i, key := range []string{"", workflow} {
		if i > 0 && workflow == "" {
			break
		}
		set, err := tx.AlarmSettings(key)
		if err != nil {
			return s, fmt.Errorf("read alarm settings: %w", err)
		}
		if s, err = s.over(set); err != nil {
			return s, err
		}
	}
	return s, nil
}

// book holds the settings of everybody for one round.
type book struct {
	account Settings
	own     map[string]Settings
}

func readBook(tx *store.Tx) (*book, error) {
	set, err := tx.AllAlarmSettings()
	if err != nil {
		return nil, fmt.Errorf("read alarm settings: %w", err)
	}
	b := &book{own: map[string]Settings{}}
	if b.account, err = Defaults().over(set[""]); err != nil {
		return nil, err
	}
	for workflow, own := range set {
		if workflow == "" {
			continue
		}
		if b.own[workflow], err = b.account.over(own); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// of returns the settings in force for a workflow, or for the account under "".
func (b *book) of(workflow string) Settings {
	if own, set := b.own[workflow]; set {
		return own
	}
	return b.account
}

// each calls fn with the settings of the account and with every other one that is in force somewhere.
func (b *book) each(fn func(Settings)) {
	fn(b.account)
	for _, own := range b.own {
		fn(own)
	}
}

// Check says what is wrong with settings that somebody set.
func Check(set store.JSON) []events.FieldError {
	var s struct {
		ErrorRate   struct{ Within string } `json:"error_rate"`
		Silence     struct{ After string }  `json:"silence"`
		Lateness    struct{ After string }  `json:"lateness"`
		Drift       struct{ Within string } `json:"drift"`
		RemindEvery string                  `json:"remind_every"`
		ClearAfter  string                  `json:"clear_after"`
	}
	if err := set.Decode(&s); err != nil {
		return []events.FieldError{{Message: err.Error()}}
	}
	var wrong []events.FieldError
	for _, one := range []struct {
		pointer, value string
		longest        time.Duration
	}{
		{"/error_rate/within", s.ErrorRate.Within, longestWindow},
		{"/silence/after", s.Silence.After, usualWeeks},
		{"/lateness/after", s.Lateness.After, usualWeeks},
		{"/drift/within", s.Drift.Within, usualWeeks},
		{"/remind_every", s.RemindEvery, usualWeeks},
		{"/clear_after", s.ClearAfter, usualWeeks},
	} {
		if one.value == "" {
			continue
		}
		var l Length
		if err := l.UnmarshalJSON([]byte(strconv.Quote(one.value))); err != nil {
			wrong = append(wrong, events.FieldError{Pointer: one.pointer, Message: "is no length of time", Hint: "90s, 15m, 4h or 7d"})
		} else if time.Duration(l) > one.longest {
			wrong = append(wrong, events.FieldError{Pointer: one.pointer, Message: "is too long", Hint: "at most " + span(one.longest)})
		}
	}
	return wrong
}
