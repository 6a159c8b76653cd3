//go:build race

package expr

// slowdown is what the race detector may add to a time limit.
const slowdown = 15
