// Package moving says what becomes of an enrollment that changes from one version of
// its workflow to another: to which node it goes, and when an open wait ends there. It
// is for the run that moves itself, and for whoever wants to know beforehand where
// everybody would go. It is pure: the same place and terms give the same answer.
//
// The mechanism around it, from the outside in:
//
//   - A publication that moves people writes its Terms once (table moves), and marks
//     enrollments with the id of that row (events.MarkMove). A mark changes nothing by
//     itself; it is obeyed at the enrollment's next safe point, or forgotten when the
//     enrollment ends first.
//   - A safe point is any turn in which the enrollment is not in the middle of an
//     action. There one transaction does all of it: node, due instant, subscriptions,
//     version and hash of the row, epoch + 1 (activities/move.go).
//   - From then on every transaction of the old run is told "moved", and the run goes on
//     as a new one on the new definition. What it knows it reads from the rows, as every
//     rebuilt run does.
package moving
