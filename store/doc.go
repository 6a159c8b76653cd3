// Package store keeps every fact that Fermata must not lose: contacts and their event log,
// workflows and their versions, enrollments with their steps, effects and subscriptions, and the
// two queues of the router and the dispatcher. It serves api, events, activities and worker, and
// behaves the same on SQLite and on PostgreSQL.
//
// Everything happens inside a transaction: Store.Write runs one read-write transaction, Store.Read
// gives access to statements that only read. The rules that must hold under concurrency are kept
// here by unique indexes, row locks and compare-and-set statements: one active enrollment per
// workflow, contact and key; a gapless sequence per contact; one row per decision; one claim per
// effect. Writers that touch a contact's log, enrollments or subscriptions take the contact's row
// lock first (LockContact or LockEnrollment): it is the one lock order of the whole program.
//
// Inserts answer ErrConflict without harming the transaction. An update that violates a unique
// index does harm it on PostgreSQL: after ErrConflict from an update, return the error from Write.
//
// Times are UTC with microseconds. CreatedAt is filled when zero, UpdatedAt is set by the store.
// Leases use the database's clock; a SQLite file belongs to the processes of one machine, so there
// the process clock is that clock.
//
// The package never interprets a definition, decides a route, encrypts, or talks to Temporal, and
// no type of its database library appears in an exported signature.
package store
