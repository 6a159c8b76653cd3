// Package cases holds the behaviour of enrollments as cases that run on the whole
// program: what every node type, the error policies, the operator and the exits do.
// The same cases run in production's settings, with continue-as-new after every
// step, and with the sticky cache off. It is for tests only and must never rely on
// how a program under test was started.
package cases
