// Package bench measures, in one run and on PostgreSQL, what the engine costs: an
// empty Temporal workflow, the six effects of a purchase written by hand, and the
// same six effects drawn as a workflow and triggered through HTTP. `make bench`
// runs it; it is for people who want to know what the interpreter costs them.
package bench
