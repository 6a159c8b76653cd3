// Package worker runs enrollments: it connects to Temporal, registers the workflow
// and the activities, tunes and stops the worker gracefully, and hands the
// dispatcher's starts and wake-ups to Temporal. It is for cmd/fermata and tests.
//
// It must never hold a rule of the product: what an enrollment does is decided in
// interpreter, activities and events.
package worker
