package nodes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

// Waiter is implemented by the settings of every node that waits.
type Waiter interface {
	// Due computes when the wait is over. It may be asked again when something that
	// it depends on has changed (zone, field); the answer then replaces the first.
	Due(in DueInput) DueResult
}

// DueInput is what a wait depends on.
type DueInput struct {
	// Now is the moment of asking; Entered is when the step was entered (zero: Now).
	Now, Entered time.Time
	// Anchor is what day N counts from: the trigger's occurred_at. AnchorPure says
	// that it is a date of calendar.ParseInstant.
	Anchor     time.Time
	AnchorPure bool
	// Scope answers fields and merge fields.
	Scope    *expr.Scope
	Location *time.Location
	// InCycle makes a moment that has passed mean its next occurrence.
	InCycle bool
	// Seed decides random waits; one per enrollment, node and visit.
	Seed string
}

func (in DueInput) entered() time.Time {
	if in.Entered.IsZero() {
		return in.Now
	}
	return in.Entered
}

func (in DueInput) location() *time.Location {
	if in.Location == nil {
		return time.UTC
	}
	return in.Location
}

// DueResult says when a wait is over. Without Forever, Exit and Failure, At counts;
// it may lie in the past, which means at once.
type DueResult struct {
	At time.Time
	// Forever: no instant ends the wait.
	Forever bool
	// Exit: the moment has passed and the node asks to end the enrollment then.
	Exit    bool
	Failure *Failure
}

func dueAt(t time.Time) DueResult { return DueResult{At: t.UTC()} }

// Fraction is a number in [0,1) that depends on the seed alone.
func Fraction(seed string) float64 {
	sum := sha256.Sum256([]byte(seed))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / math.Exp2(53)
}

// instantOf reads a value of the scope as a moment.
func instantOf(value any, path string, loc *time.Location) (t time.Time, pure bool, f *Failure) {
	switch v := value.(type) {
	case time.Time:
		return v, false, nil
	case string:
		t, pure, err := calendar.ParseInstant(v, loc)
		if err == nil {
			return t, pure, nil
		}
	}
	return time.Time{}, false, &Failure{Code: CodeNoDate, Message: fmt.Sprintf("%s is %v, which is not a date", path, value)}
}

// lookupInstant reads the moment at a path of the scope.
func lookupInstant(s *expr.Scope, path string, loc *time.Location) (t time.Time, pure bool, f *Failure) {
	if s == nil {
		return time.Time{}, false, &Failure{Code: CodeNoDate, Message: path + " is not known here"}
	}
	value, found := s.Lookup(path)
	if !found || value == nil || value == "" {
		return time.Time{}, false, &Failure{Code: CodeNoDate, Message: path + " has no value"}
	}
	return instantOf(value, path, loc)
}
