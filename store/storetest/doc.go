// Package storetest gives tests and load programs fresh, migrated stores: SQLite in a temporary
// file, and PostgreSQL on a server that is named by FERMATA_TEST_POSTGRES (a postgres:// URL whose
// role may create databases) or started from the initdb of the machine. Each test gets its own
// database, copied from a template that is migrated once per process.
//
// It never skips: where PostgreSQL cannot be had, the PostgreSQL half of a test fails.
package storetest
