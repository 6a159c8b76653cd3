// Package events carries facts about contacts from the moment someone reports them to the
// enrollments and triggers that they concern.
//
// Intake checks a request and stores each event with its contact's next sequence number and a
// queue row in one transaction; only then may a caller answer 202. The Router reads the log of
// one contact in order and, per event in one transaction, ends enrollments (exits), wakes waiting
// ones, starts new ones (triggers) and writes a verdict for each workflow that names the event;
// it needs the store alone and works while Temporal is away. The Dispatcher hands what must be
// started or woken to the engine, as often as it takes. Enroll and End are the only functions
// that make and end enrollments.
//
// Jobs carries out long work, such as an import or enrolling all that a filter holds for, in
// batches that are one transaction each with the cursor of the job. The Scheduler turns the
// instants of schedule triggers into such jobs.
//
// It serves api, activities and the relay. It must never import api or GORM, never hold a
// transaction open over a call to another system, and never drop an event by itself: the log is
// the truth, everything else is a wake-up.
package events
