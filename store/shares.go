package store

import "time"

// Shares say how enrollments of a workflow ended, and which ways they took, in a sample of them.
type Shares struct {
	Ended     int // in the sample
	Completed int
	Ways      []Way
}

// Way counts how often a port of a node was taken.
type Way struct {
	Node string
	Port string
	N    int
}

// Sample names enrollments: the newest Most that ended in [From, To), tests left out.
type Sample struct {
	Workflow string
	From, To time.Time
	Most     int
}

func (s Sample) sql() (with string, args []any) {
	return `WITH sample AS (SELECT id, status, ended_at FROM enrollments
		WHERE workflow = ? AND ended_at >= ? AND ended_at < ? AND NOT active AND NOT test
		ORDER BY ended_at DESC, id DESC LIMIT ?) `, []any{s.Workflow, s.From, s.To, s.Most}
}

// taken are the steps of the sample that went on by a port.
const taken = "FROM sample JOIN steps s ON s.enrollment_id = sample.id WHERE s.status = 'done' AND s.port <> ''"

// Shares counts how the enrollments of a sample ended and which ways they took.
func (tx *Tx) Shares(of Sample) (Shares, error) {
	var ends struct{ Ended, Completed int }
	with, args := of.sql()
	if _, err := tx.scan(&ends, with+`SELECT count(*) AS ended, COALESCE(sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END), 0) AS completed
		FROM sample`, args...); err != nil {
		return Shares{}, err
	}
	s := Shares{Ended: ends.Ended, Completed: ends.Completed}
	_, err := tx.scan(&s.Ways, with+"SELECT s.node, s.port, count(*) AS n "+taken+" GROUP BY s.node, s.port ORDER BY s.node, s.port", args...)
	return s, err
}

// TookWay lists when the enrollments of a sample took a port of a node, the first first.
func (tx *Tx) TookWay(of Sample, node, port string) ([]time.Time, error) {
	with, args := of.sql()
	return tx.instants(with+"SELECT s.left_at AS at "+taken+" AND s.left_at IS NOT NULL AND s.node = ? AND s.port = ? ORDER BY s.left_at",
		append(args, node, port)...)
}

// EndedAs lists when the enrollments of a sample completed, or when the others ended, the first first.
func (tx *Tx) EndedAs(of Sample, completed bool) ([]time.Time, error) {
	with, args := of.sql()
	return tx.instants(with+"SELECT ended_at AS at FROM sample WHERE (status = 'completed') = ? ORDER BY ended_at", append(args, completed)...)
}

func (tx *Tx) instants(sql string, args ...any) ([]time.Time, error) {
	var rows []struct{ At time.Time }
	if _, err := tx.scan(&rows, sql, args...); err != nil {
		return nil, err
	}
	list := make([]time.Time, len(rows))
	for i, row := range rows {
		list[i] = row.At.UTC()
	}
	return list, nil
}
