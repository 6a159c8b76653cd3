// Package interpreter is the machine that carries one enrollment through one
// definition. It is for the Enrollment workflow, which drives it inside Temporal,
// and for rehearsals, which drive it on a virtual clock.
//
// The machine folds what happened (occurrences) into its state and answers what
// must be done next (commands). It never performs anything itself: it has no clock,
// no randomness and no I/O, so that the same occurrences always give the same
// commands, on every worker and for as long as an enrollment lives.
package interpreter
