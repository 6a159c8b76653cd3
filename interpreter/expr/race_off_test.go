//go:build !race

package expr

const timed = true
