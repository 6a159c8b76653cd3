// Package expr evaluates what a definition may ask about a contact: conditions, CEL expressions and
// Liquid merge fields, over one Scope of values. Triggers, exits, branches, segments and every node
// with text use it, live and in rehearsals. It must never read a clock, call out, start a goroutine
// or fail differently for the same input: what it cannot know it asks Facts, and every evaluation
// and rendering is bounded in work, memory and output.
package expr
