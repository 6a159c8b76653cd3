package store

import (
	"database/sql"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

const (
	// figureBroken is the kind of a step that is held because it failed for good. A hold node that
	// waits for a person has not failed. FigureMoved is one that a move has closed.
	figureBroken = "broken"
	figureMoved  = "moved"
	// brokenStep holds for such a step, the table s.
	brokenStep = "(s.status = 'held' AND s.type <> 'hold')"
	// figureBounce is for how long after it was sent a mail that bounces hard counts as an error.
	figureBounce = 7 * 24 * time.Hour
	// figureWaits are the types whose due instant is a promise about time.
	figureWaits = "('wait', 'wait_until', 'wait_event', 'window', 'approval')"
	// timedWait holds for a wait that time ended, the table s: not an event, nor a person.
	timedWait = "s.status = 'done' AND s.type IN " + figureWaits + ` AND s.due_at IS NOT NULL AND s.left_at >= s.due_at
			AND (s.port = 'timeout' OR s.type NOT IN ('wait_event', 'approval'))`
	// plannedWait holds for a step of a completed enrollment, the tables s and c, that had planned the
	// time until it was left.
	plannedWait = `c.status = 'completed' AND (s.due_at > s.entered_at AND COALESCE(s.planned_at, s.due_at) > s.entered_at
			OR s.type IN ('wait_event', 'approval') AND s.due_at IS NULL AND s.planned_at IS NULL)
		AND NOT (` + movedStep + ` AND ` + carriers + ` AND n.entered_at = s.entered_at) > 0)`
	// movedStep holds for a step that a move has closed. Carriers begins to count the steps under another
	// node that may carry it on: a condition and "> 0" follow.
	movedStep = "(s.status = 'canceled' AND s.reason = 'moved')"
	carriers  = `(SELECT count(*) FROM steps n WHERE n.enrollment_id = s.enrollment_id AND n.moved_at IS NOT NULL AND n.node <> s.node`
	// carriedOn holds for a step whose stay goes on under another node, with its time or anew.
	carriedOn = "(" + movedStep + " AND " + carriers + " AND (n.entered_at = s.entered_at OR n.moved_at = s.left_at)) > 0)"
)

// stretch is a stretch of the starts of one workflow, its end left out.
type stretch struct {
	workflow string
	from, to time.Time
}

// holds reports whether somebody who started then is in the stretch.
func (s *stretch) holds(workflow string, started time.Time) bool {
	return s.workflow == workflow && !started.Before(s.from) && started.Before(s.to)
}

// cohort is the beginning of a statement over the enrollments of a query, as the table c (id,
// workflow, version, day and what the figures need), with its arguments.
type cohort struct {
	with string
	args []any
	from time.Time
	few  bool // parts count most of them
}

// cohort names its enrollments once; what follows joins them. Only is one more condition on the table
// e, or "".
func (tx *Tx) cohort(q FigureQuery, but []stretch, only string) cohort {
	c := cohort{from: q.From, few: only != ""}
	where := []string{"NOT e.test", "e.started_at >= ?", "e.started_at < ?"}
	c.args = []any{q.From, q.To}
	if len(q.Workflows) > 0 {
		where = append(where, "e.workflow IN ?")
		c.args = append(c.args, q.Workflows)
	}
	if q.Version > 0 {
		where = append(where, "e.version = ?")
		c.args = append(c.args, q.Version)
	}
	for _, gone := range but {
		where = append(where, "NOT (e.workflow = ? AND e.started_at >= ? AND e.started_at < ?)")
		c.args = append(c.args, gone.workflow, gone.from, gone.to)
	}
	if only != "" {
		where = append(where, only)
	}
	days, day := "", "0"
	if len(q.Days) > 0 {
		days, day = tx.dayOf(q.Days, "e.started_at")
	}
	c.with = "WITH " + days + `c AS NOT MATERIALIZED (SELECT e.id, e.workflow, e.version, e.node, e.status, e.outcome,
		e.started_at, e.ended_at, e.contact_id, e.trigger_event_id, ` + day + ` AS day FROM enrollments e WHERE ` + strings.Join(where, " AND ") + ") "
	return c
}

// dayOf is an expression for how many of the given instants are not after a column, and what it needs
// before it in the statement.
func (tx *Tx) dayOf(starts []time.Time, column string) (with, expression string) {
	list := make([]string, len(starts))
	if tx.dialect == Postgres {
		for i, at := range starts {
			list[i] = "'" + at.UTC().Format(time.RFC3339Nano) + "'"
		}
		return "", "width_bucket(" + column + ", ARRAY[" + strings.Join(list, ", ") + "]::timestamptz[])"
	}
	for i, at := range starts {
		// As the driver writes times, so that they compare as text.
		list[i] = fmt.Sprintf("(%d, '%s')", i+1, at.UTC().Format("2006-01-02 15:04:05.999999999-07:00"))
	}
	return "starts (day, at) AS (VALUES " + strings.Join(list, ", ") + "), ",
		"COALESCE((SELECT max(d.day) FROM starts d WHERE d.at <= " + column + "), 0)"
}

// micros is the length between two columns in whole microseconds, exactly.
func (tx *Tx) micros(from, to string) string {
	if tx.dialect == Postgres {
		return "round(date_part('epoch', " + to + " - " + from + ") * 1000000)::bigint"
	}
	return "(" + sqliteMicros(to) + " - " + sqliteMicros(from) + ")"
}

// made is the cohort as a table that SQLite makes once: it does better with it where all of the cohort
// is looked at. PostgreSQL goes through the enrollments again for each statement, in parallel.
func (tx *Tx) made(c cohort) cohort {
	if tx.dialect == SQLite {
		c.with = strings.Replace(c.with, "c AS NOT MATERIALIZED", "c AS MATERIALIZED", 1)
	}
	return c
}

// sqliteMicros reads an instant as text: whole seconds by SQLite, the fraction digit by digit, because
// its own arithmetic stops at milliseconds.
func sqliteMicros(column string) string {
	return "(CAST(strftime('%s', substr(" + column + ", 1, 19)) AS INTEGER) * 1000000 + CASE WHEN substr(" + column + ", 20, 1) = '.' THEN " +
		"CAST(substr(substr(" + column + ", 21, instr(substr(" + column + ", 21), '+') - 1) || '000000', 1, 6) AS INTEGER) ELSE 0 END)"
}

// earlier is the earlier of two columns; the second one may be NULL.
func (tx *Tx) earlier(column, other string) string {
	if tx.dialect == Postgres {
		return "LEAST(" + column + ", " + other + ")"
	}
	return "min(" + column + ", COALESCE(" + other + ", " + column + "))"
}

// listed collects the values of an expression that are not NULL, with commas between.
func (tx *Tx) listed(expression string) string {
	if tx.dialect == Postgres {
		return "string_agg(CAST(" + expression + " AS text), ',')"
	}
	return "group_concat(" + expression + ", ',')"
}

type figureRow struct {
	Workflow                  string
	Version, Day              int
	Node, Type, Kind, Outcome string
	Port                      string
	N                         int64
}

func (r *figureRow) key() figureKey {
	return figureKey{Workflow: r.Workflow, Version: r.Version, Day: r.Day}
}

func (tx *Tx) figureRows(sql string, args ...any) ([]figureRow, error) {
	var rows []figureRow
	_, err := tx.scan(&rows, sql, args...)
	return rows, err
}

func (tx *Tx) countEnrolled(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`SELECT workflow, version, day, node, status AS kind, outcome, count(*) AS n FROM c
		GROUP BY workflow, version, day, node, status, outcome`, c.args...)
	for _, row := range rows {
		cell := cells.at(row.key())
		at := cell.At(row.Node)
		cell.Enrolled += row.N
		success := int64(0)
		if row.Outcome == "success" {
			success = row.N
		}
		switch row.Kind {
		case StatusCompleted:
			cell.Completed += row.N
			cell.CompletedSuccess += success
		case StatusExited:
			cell.Exited += row.N
			cell.ExitedSuccess += success
		case StatusFailed:
			cell.Failed += row.N
		default:
			cell.Active += row.N
			at.Active += row.N
			continue
		}
		at.Ended += row.N
		at.Lost += row.N - success
	}
	return err
}

// countSteps counts entries by what became of them. Steps that a move has closed are few: whether they
// are entries is asked of them alone, so that PostgreSQL may divide the pass over all.
func (tx *Tx) countSteps(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`SELECT c.workflow, c.version, c.day, s.node, s.type,
		CASE WHEN `+brokenStep+` THEN '`+figureBroken+`' WHEN `+movedStep+` THEN '`+figureMoved+`' ELSE s.status END AS kind,
		CASE WHEN s.left_at IS NULL THEN '' ELSE s.port END AS port, count(*) AS n
		FROM c JOIN steps s ON s.enrollment_id = c.id GROUP BY 1, 2, 3, 4, 5, 6, 7`, c.args...)
	moved := false
	for _, row := range rows {
		at := cells.at(row.key()).At(row.Node)
		at.Type = max(at.Type, row.Type)
		at.count(row.Kind, row.N)
		at.leave(row.Port, row.N)
		moved = moved || row.Kind == figureMoved
	}
	if err != nil || !moved {
		return err
	}
	return tx.discountCarried(c, cells)
}

// discountCarried takes away the entries whose stay a move carried on under another node: it is one
// entry, there.
func (tx *Tx) discountCarried(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`SELECT c.workflow, c.version, c.day, s.node, count(*) AS n
		FROM c JOIN steps s ON s.enrollment_id = c.id
		WHERE `+carriedOn+` GROUP BY 1, 2, 3, 4`, c.args...)
	for _, row := range rows {
		cells.at(row.key()).At(row.Node).Canceled -= row.N
	}
	return err
}

// dropCarried leaves out the nodes of which nothing is to be told, because all stays there were carried
// on elsewhere.
func (c figureCells) dropCarried() {
	for _, cell := range c {
		maps.DeleteFunc(cell.Nodes, func(_ string, n *FigureNode) bool {
			return n.Entries() == 0 && n.Active == 0 && n.Ended == 0 && n.Sent == 0 && n.Bounced == 0
		})
	}
}

// countTimes counts how long completed enrollments took and how much of it no wait had planned, and how
// long after its due instant a wait was left that time ended: all of it in one pass over the steps that
// wait, one row for each enrollment. A wait plans the time from its entry to its due instant, as if
// there had been no pause, and to its leaving at most; one without a due instant plans all of it. A
// message held back by quiet hours or a rate waits, too. A wait that a move carried on under another
// node is planned once, by the row that carries it on. Late is what a wait is by the due instant that
// holds after pauses, if neither an event nor a person ended it.
func (tx *Tx) countTimes(c cohort, cells figureCells) error {
	rows, err := tx.db.Raw(c.with+tx.times(c), c.args...).Rows()
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = rows.Close() }()
	lateness := map[figureKey]tally{}
	for rows.Next() {
		var (
			key     figureKey
			us      sql.NullInt64
			planned int64
			late    sql.NullString
		)
		if err := rows.Scan(&key.Workflow, &key.Version, &us, &planned, &late); err != nil {
			return fmt.Errorf("read times: %w", err)
		}
		cell := cells.at(key)
		if us.Valid {
			cell.Completion.Count(max(us.Int64/1000, 0), 1)
			cell.Excess.Count(max(us.Int64-planned, 0)/1000, 1)
		}
		if lateness[key] == nil {
			lateness[key] = tally{}
		}
		if err := lateness[key].list(late.String); err != nil {
			return fmt.Errorf("read lateness: %w", err)
		}
	}
	for key, of := range lateness {
		cells.at(key).Lateness.Add(of.spread())
	}
	return mapError(rows.Err())
}

// times is the statement behind countTimes. Of a few enrollments each asks for its steps: how many they
// are is not what PostgreSQL expects, and what is joined to them afterwards would be gone through again
// for each. Of all of them PostgreSQL goes through the steps at once, in parallel.
func (tx *Tx) times(c cohort) string {
	planned := "CAST(sum(CASE WHEN " + plannedWait + " THEN " + tx.micros("s.entered_at", tx.earlier("s.left_at", "COALESCE(s.planned_at, s.due_at)")) + " END) AS bigint)"
	late := tx.listed("CASE WHEN " + timedWait + " THEN " + tx.micros("s.due_at", "s.left_at") + " / 1000 END")
	waited := "s.left_at IS NOT NULL AND (s.due_at IS NOT NULL OR s.type IN ('wait_event', 'approval'))"
	took := "CASE WHEN c.status = 'completed' THEN " + tx.micros("c.started_at", "c.ended_at") + " END"
	if c.few {
		return "SELECT c.workflow, c.version, " + took + " AS us, COALESCE(" + planned + ", 0) AS planned, " + late + ` AS late
			FROM c LEFT JOIN steps s ON s.enrollment_id = c.id AND ` + waited + " GROUP BY c.id, c.workflow, c.version, c.status, c.started_at, c.ended_at"
	}
	return ", waits AS (SELECT s.enrollment_id AS id, " + planned + " AS planned, " + late + ` AS late
			FROM c JOIN steps s ON s.enrollment_id = c.id WHERE ` + waited + ` GROUP BY s.enrollment_id)
		SELECT c.workflow, c.version, ` + took + ` AS us, COALESCE(w.planned, 0) AS planned, w.late
		FROM c LEFT JOIN waits w ON w.id = c.id WHERE c.status = 'completed' AND c.ended_at IS NOT NULL OR w.late IS NOT NULL`
}

// list counts the lengths of a text, in milliseconds, with commas between.
func (t tally) list(text string) error {
	for text != "" {
		var ms string
		ms, text, _ = strings.Cut(text, ",")
		n, err := strconv.ParseInt(ms, 10, 64)
		if err != nil {
			return err
		}
		t[n]++
	}
	return nil
}

// countBounces counts steps whose mail bounced hard soon after it was sent. One that failed is an
// error already.
func (tx *Tx) countBounces(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`, bounced AS (SELECT DISTINCT c.workflow, c.version, c.day, s.node, s.enrollment_id, s.visit
			FROM `+eventMails+` JOIN steps s ON s.enrollment_id = m.enrollment_id AND s.node = m.node AND s.visit = m.visit
			WHERE `+ofMails+` AND v.type = 'email.bounced' AND v.accepted_at >= ? AND v.data ->> 'bounce' = 'hard'
				AND s.status <> 'failed' AND NOT `+brokenStep+`
				AND `+tx.micros("COALESCE(m.sent_at, m.created_at)", "v.occurred_at")+` <= ?)
		SELECT workflow, version, day, node, count(*) AS n FROM bounced GROUP BY 1, 2, 3, 4`,
		append(c.args, c.from, figureBounce.Microseconds())...)
	for _, row := range rows {
		cells.at(row.key()).At(row.Node).Bounced += row.N
	}
	return err
}

// eventMails and ofMails join events to the mails that they are about, and those to the cohort: in this
// order, because the events are found by their type, and everything else by them. CROSS JOIN is how
// SQLite is told so.
const (
	eventMails = "events v CROSS JOIN sends m CROSS JOIN c"
	ofMails    = "m.id = v.data ->> 'send_id' AND c.id = m.enrollment_id"
)

// countSent counts mails that went out.
func (tx *Tx) countSent(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`SELECT c.workflow, c.version, c.day, m.node, count(*) AS n
			FROM c JOIN sends m ON m.enrollment_id = c.id WHERE m.channel = 'email' AND m.state = 'sent' GROUP BY 1, 2, 3, 4`, c.args...)
	for _, row := range rows {
		cells.at(row.key()).At(row.Node).Sent += row.N
	}
	return err
}

// countHits counts the mails that went out in which a person opened or clicked something. Who clicks
// has opened.
func (tx *Tx) countHits(c cohort, cells figureCells) error {
	rows, err := tx.figureRows(c.with+`, hits AS (SELECT c.workflow, c.version, c.day, m.node, m.id,
			max(CASE WHEN v.type = 'email.clicked' THEN 1 ELSE 0 END) AS clicked
			FROM `+eventMails+`
			WHERE `+ofMails+` AND v.type IN ('email.opened', 'email.clicked') AND v.accepted_at >= ? AND m.state = 'sent'
				AND COALESCE(CAST(v.data ->> 'machine' AS text), 'false') NOT IN ('true', '1')
			GROUP BY 1, 2, 3, 4, 5)
		SELECT workflow, version, day, node, CASE WHEN clicked = 1 THEN 'clicked' ELSE 'opened' END AS kind, count(*) AS n
		FROM hits GROUP BY 1, 2, 3, 4, 5`, append(c.args, c.from)...)
	for _, row := range rows {
		at := cells.at(row.key()).At(row.Node)
		at.Opened += row.N
		if row.Kind == "clicked" {
			at.Clicked += row.N
		}
	}
	return err
}
