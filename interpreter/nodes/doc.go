// Package nodes describes every type of node that a definition may hold: one file
// per type with its settings, ports, texts and, for what it can carry out, a pure
// function that renders the settings into a plain struct. Validator, machine,
// activities, palette and JSON Schema all read the one list that All returns.
//
// The package never performs an effect and never asks a clock: whatever a type
// needs to know comes in with an expr.Scope, so that the same input always gives
// the same effect.
package nodes
