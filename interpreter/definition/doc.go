// Package definition reads the document that describes one version of a workflow,
// as JSON or YAML, finds everything that is wrong with it, and holds it in the form
// in which it is hashed, stored and run. The machine, the events, the API and the
// command line use it.
//
// It must never ask a clock, a file or a network: what exists on an installation
// comes in as a Catalog, and the same bytes always give the same definition, the
// same hash and the same problems.
package definition
