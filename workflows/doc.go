// Package workflows is the Enrollment workflow: one Temporal execution that
// carries one contact through one version of a user's workflow. It drives the
// interpreter's machine and turns its commands into activities, timers and the
// wake-up signal. It is for the worker, which registers it.
//
// It never reads a clock, a setting or the store, and holds no personal data:
// everything that enters Temporal's history is an id, a port, an instant or a code.
package workflows
