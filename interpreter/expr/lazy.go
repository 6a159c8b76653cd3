package expr

import "encoding/json"

// Lazy is a value of a scope that is read when a condition or template asks for it,
// and then once. Most passages never look at a contact's deals or courses.
type Lazy struct {
	load func() any
	done bool
	v    any
}

// NewLazy makes a value of a function that returns a JSON-like value. It is for one
// goroutine, like the scope that holds it.
func NewLazy(load func() any) *Lazy { return &Lazy{load: load} }

// Value returns the value, reading it the first time.
func (l *Lazy) Value() any {
	if !l.done {
		l.v, l.done = l.load(), true
	}
	return l.v
}

// MarshalJSON writes the value, so that a whole contact can be sent.
func (l *Lazy) MarshalJSON() ([]byte, error) { return json.Marshal(l.Value()) }
