//go:build race

package expr

// timed is false under the race detector, which slows everything down by much more than it tells.
const timed = false
