package expr

import (
	"errors"
	"time"
)

// ErrNoFacts is returned by Eval when a condition asks for a fact and the scope has no Facts.
var ErrNoFacts = errors.New("the condition asks for tags, events or records, and this scope knows none")

type noFacts struct{}

func (noFacts) Tagged(string) (bool, error)                    { return false, ErrNoFacts }
func (noFacts) EnrolledIn(string) (bool, error)                { return false, ErrNoFacts }
func (noFacts) Course(string) (float64, bool, error)           { return 0, false, ErrNoFacts }
func (noFacts) DealStage(string, string) (string, bool, error) { return "", false, ErrNoFacts }
func (noFacts) Segment(string) (any, bool, error)              { return nil, false, ErrNoFacts }
func (noFacts) Events(string, time.Time) ([]Event, error)      { return nil, ErrNoFacts }

func (s *Scope) facts() Facts {
	if s.Facts == nil {
		return noFacts{}
	}
	return s.Facts
}
