// Package activities is what an enrollment does: it decides, acts and records. It
// is for the worker, which registers its methods under the names of package names.
//
// Every decision and every effect is a row keyed (enrollment, node, visit) before
// anything follows from it: a second execution of an activity finds the row and
// returns it. Every transaction of a run locks the contact and reads the enrollment
// again; once that has ended, nothing of it can commit. Errors and results carry
// codes only; texts, addresses and values stay in the store.
package activities
