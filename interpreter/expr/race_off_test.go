//go:build !race

package expr

const slowdown = 1
