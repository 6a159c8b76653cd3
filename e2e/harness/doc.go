// Package harness starts the real parts that the end-to-end tests run against: a
// Temporal server as a process of its own, the program in this process or as a
// process, an SMTP server and an HTTP server that record what reaches them. It is
// for tests only and must never replace a part by a double.
package harness
