// Package form describes the keys of a settings object once. From that one
// description come the reader, which finds every problem in a document and says
// where it is, and the JSON Schema with the hints by which the page draws its
// inspector. Node types and the definition use it.
//
// It must never know a particular node type, and never repair a value silently:
// what does not fit is reported.
package form
