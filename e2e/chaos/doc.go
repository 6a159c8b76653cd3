// Package chaos proves the promise under fire: the parts of the program run as
// processes of their own on PostgreSQL, are killed, frozen and cut off from each other
// at random while events pour in, and then every row is compared with what should have
// happened. All of it is in the tests. `make chaos` runs the full sizes, `make e2e` the
// short ones; docs/RELIABILITY.md says what is checked and holds the last figures.
package chaos
