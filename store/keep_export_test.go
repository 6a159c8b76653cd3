package store

// SweepStatements are what retention sends, by name.
func SweepStatements() map[string]string {
	list := map[string]string{
		"old events": selectOldEvents, "routed": selectRouted, "merged": selectMerged, "keepers": selectKeepers,
		"old enrollments": selectOldEnrollments, "called": selectCalled, "bare": deleteBare,
		"known": "SELECT hash FROM spent_events WHERE hash IN ?", "verdicts": "DELETE FROM verdicts WHERE event_id IN ?",
	}
	for _, table := range ofEnrollments {
		list["of enrollments: "+table] = "DELETE FROM " + table + " WHERE enrollment_id IN ?"
	}
	for kind, e := range expiries {
		list["expire "+kind] = e.rows
	}
	return list
}

// InParts is how many of a query's enrollments are counted in parts.
func InParts(tx *Tx, q FigureQuery) (n int, err error) {
	gone, err := tx.prunedStretches(q.Workflows, q.From, q.To)
	if err != nil {
		return 0, err
	}
	parts, err := tx.readParts(q, gone)
	if err != nil {
		return 0, err
	}
	for i := range parts.cells {
		n += int(parts.cells[i].Enrolled)
	}
	return n, nil
}
