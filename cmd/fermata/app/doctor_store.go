package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"fermata/api"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

const (
	// clockWarn is how far two clocks may be apart: due instants come from one, leases from the other.
	clockWarn = 2 * time.Second
	// walWarn is how many bytes of SQLite's log mean that somebody keeps it from being folded in.
	walWarn = 1 << 30
	// inspectWait bounds the check of a file.
	inspectWait = 10 * time.Minute
	migrateMend = "run fermata migrate"
)

// database looks at the store, from its server or file to what stands in its queues.
func (x *examination) database(ctx context.Context) {
	var in *store.Inspection
	var err error
	x.within(ctx, inspectWait, func(ctx context.Context) { in, err = store.Inspect(ctx, x.s.Database()) })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.fail("store", migrateMend+", or check FERMATA_DATABASE_URL and FERMATA_DATA_DIR", "the file of the database is not there")
		return
	case err != nil:
		x.fail("store", "check FERMATA_DATABASE_URL and the database server; a file that is broken is restored from a backup", "%v", err)
		return
	}
	x.ok("store", "%s answers", in.Dialect)
	if in.Dialect == store.Postgres {
		x.postgres(in)
	} else {
		x.sqlite(in)
	}
	if len(in.Faults) > 0 {
		return
	}
	if x.migrations(in); len(in.Missing) > 0 {
		return // rows of another schema are not read
	}
	if x.store, err = store.Open(ctx, x.s.Database()); err != nil {
		x.fail("store", "check FERMATA_DATABASE_URL and the database server", "%v", err)
		return
	}
	x.within(ctx, 6*doctorWait, x.rows)
	if in.Dialect == store.Postgres {
		x.within(ctx, doctorWait, func(ctx context.Context) { x.connections(ctx, in) })
	}
}

func (x *examination) migrations(in *store.Inspection) {
	switch {
	case len(in.Missing) > 0:
		x.fail("migrations", migrateMend, "the schema is behind this build: %s of %d missing", numbers(in.Missing), in.Newest)
	case len(in.Unknown) > 0:
		x.warn("migrations", "bring this program up to date", "the schema is ahead of this build (%d): %s came with a newer one", in.Newest, numbers(in.Unknown))
	default:
		x.ok("migrations", "the schema is that of this build (%d)", in.Newest)
	}
}

func numbers(list []int64) string {
	texts := make([]string, 0, len(list))
	for _, n := range list {
		texts = append(texts, strconv.FormatInt(n, 10))
	}
	return strings.Join(texts, ", ")
}

func (x *examination) sqlite(in *store.Inspection) {
	how := "the quick check finds nothing wrong with the file"
	if in.Thorough {
		how = "the integrity check finds nothing wrong with the file"
	}
	x.either(len(in.Faults) > 0, GradeFailure, "sqlite-file", "stop every process, keep the file, and restore a backup",
		"the file is broken: "+strings.Join(in.Faults, "; "), how)
	switch {
	case in.Journal != "wal":
		x.warn("sqlite-wal", "start the program, which turns WAL on; put the file on a local disk if it does not stay on",
			"the journal mode is %s, so that readers and the writer wait for each other", in.Journal)
	case in.WAL > walWarn:
		x.warn("sqlite-wal", "end whoever keeps the file open for reading", "the write-ahead log has grown to %s", bytesText(uint64(in.WAL))) //nolint:gosec // a size
	default:
		x.ok("sqlite-wal", "on")
	}
}

func (x *examination) postgres(in *store.Inspection) {
	x.either((in.Clock-in.Doubt).Abs() > clockWarn && (in.Clock+in.Doubt).Abs() > clockWarn, GradeWarning, "clock",
		"let both machines keep time by NTP", "the database's clock differs from this machine's by "+in.Clock.Round(time.Millisecond).String(),
		"the database's clock and this machine's agree")
	promise := "a crash of the server loses events that were accepted"
	for _, rule := range []struct {
		name, grade, says, mend string
		bad                     func(value string) bool
	}{
		{"fsync", GradeFailure, promise, "set fsync = on", func(v string) bool { return v != "on" }},
		{"full_page_writes", GradeFailure, promise, "set full_page_writes = on", func(v string) bool { return v != "on" }},
		{"synchronous_commit", GradeFailure, promise, "set synchronous_commit = on", func(v string) bool { return v == "off" }},
		{"autovacuum", GradeWarning, "queues and indexes grow and get slow", "set autovacuum = on", func(v string) bool { return v != "on" }},
		{"server_encoding", GradeFailure, "not every text can be stored", "make the database anew with ENCODING 'UTF8'", func(v string) bool { return v != "UTF8" }},
		{
			"default_transaction_isolation", GradeFailure, "the program asks for read committed", "let a pooler in between pass startup parameters on",
			func(v string) bool { return v != "read committed" },
		},
		{
			"statement_timeout", GradeWarning, "the program asks for 5000 ms, so that no statement holds others up for longer",
			"let a pooler in between pass startup parameters on", func(v string) bool { return v != "5000" },
		},
	} {
		value := in.Settings[rule.name]
		x.either(rule.bad(value), rule.grade, rule.name, rule.mend, fmt.Sprintf("%q: %s", value, rule.says), value)
	}
}

// connections compares what PostgreSQL allows with what the processes may open.
func (x *examination) connections(ctx context.Context, in *store.Inspection) {
	workers := 0
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		live, err := tx.LiveWorkers(tx.Now().Add(-liveFor))
		workers = len(live)
		return err
	})
	if err != nil {
		x.fail("connections", "look at the database", "%v", err)
		return
	}
	most, _ := strconv.Atoi(in.Settings["max_connections"])
	reserved, _ := strconv.Atoi(in.Settings["superuser_reserved_connections"])
	room, wanted := most-reserved, in.Pool*(workers+1)
	text := fmt.Sprintf("%d connections at most, %d are open; one process opens up to %d, and %d workers live", room, in.Connections, in.Pool, workers)
	mend := "raise max_connections, or set pool_max_conns in FERMATA_DATABASE_URL"
	switch {
	case room < in.Pool:
		x.fail("connections", mend, "%s: less than one process may open", text)
	case room < wanted:
		x.warn("connections", mend, "%s: the workers and an API may open %d", text, wanted)
	default:
		x.ok("connections", "%s", text)
	}
}

// rows looks at what stands in the store.
func (x *examination) rows(ctx context.Context) {
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		for _, look := range []func(*store.Tx) error{x.secrets, x.interpreter, x.queues, x.stuck} {
			if err := look(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.fail("store", "look at the database", "it cannot be read: %v", err)
	}
}

// secrets opens everything that was sealed.
func (x *examination) secrets(tx *store.Tx) error {
	const mend = "set FERMATA_SECRET_KEY to the key that they were stored under, or store them again"
	box, err := NewBox(x.s.SecretKey)
	if err != nil {
		return err
	}
	listed, err := tx.ListSecretNames()
	if err != nil {
		return err
	}
	var closed []string
	try := func(name string, sealed, nonce []byte) {
		if _, err := box.Open(name, sealed, nonce); err != nil {
			closed = append(closed, name)
		}
	}
	for _, name := range listed {
		secret, err := tx.Secret(name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		try(name, secret.Cipher, secret.Nonce)
	}
	hooks, err := tx.AllHooks()
	if err != nil {
		return err
	}
	for _, h := range hooks {
		try(store.HookSeal(h.Workflow, h.TriggerID), h.Cipher, h.Nonce)
	}
	reporting, err := tx.MailHooks()
	if err != nil {
		return err
	}
	for _, h := range reporting {
		try(store.MailHookSeal(h.Provider), h.Cipher, h.Nonce)
	}
	count := len(listed) + len(hooks) + len(reporting)
	x.either(len(closed) > 0, GradeFailure, "secrets", mend,
		fmt.Sprintf("FERMATA_SECRET_KEY does not open %d of %d: %s", len(closed), count, strings.Join(closed[:min(len(closed), detailsShown)], ", ")),
		fmt.Sprintf("FERMATA_SECRET_KEY opens all %d", count))
	return nil
}

// interpreter compares the version that new enrollments run with what this build and the workers know.
func (x *examination) interpreter(tx *store.Tx) error {
	text, err := tx.Meta(events.MetaInterpreter)
	if err != nil {
		return err
	}
	live, err := tx.LiveWorkers(tx.Now().Add(-liveFor))
	if err != nil {
		return err
	}
	active, _ := strconv.Atoi(text)
	old := slices.DeleteFunc(live, func(w store.Worker) bool { return w.Version >= active })
	switch {
	case active > interpreter.Current:
		x.fail("interpreter", "bring this program up to date", "new enrollments run version %d, this build knows %d", active, interpreter.Current)
	case len(old) > 0:
		x.fail("interpreter", "bring it up to date or stop it", "new enrollments run version %d, worker %s knows %d", active, old[0].ID, old[0].Version)
	default:
		x.ok("interpreter", "this build and all living workers know what new enrollments run")
	}
	return nil
}

// queues looks at how old the oldest undone work is, and who is late.
func (x *examination) queues(tx *store.Tx) error {
	now := tx.Now()
	depth, oldest, err := tx.RouterLag()
	if err != nil {
		return err
	}
	x.either(age(now, oldest) > degradedAge, GradeFailure, "router", "start a process with the relay; when one runs, look at its log and at the database",
		fmt.Sprintf("events of %d contacts wait to be routed, the oldest since %.0f s", depth, age(now, oldest)), "no event waits for long")
	if depth, oldest, err = tx.DispatchLag(); err != nil {
		return err
	}
	x.either(age(now, oldest) > degradedAge, GradeFailure, "dispatcher", "bring Temporal back, and start a process with the relay",
		fmt.Sprintf("%d calls to Temporal wait, the oldest since %.0f s", depth, age(now, oldest)), "no call to Temporal waits for long")
	active, late, err := tx.CountActive(now.Add(-lateAfter))
	if err != nil {
		return err
	}
	for _, n := range active {
		x.inside += n
	}
	x.either(late > 0, GradeWarning, "late", "start workers; when they run, give them and Temporal more room",
		fmt.Sprintf("%d of %d active enrollments were due more than a minute ago", late, x.inside), fmt.Sprintf("none of %d active enrollments", x.inside))
	return nil
}

// stuck looks for what does not go on without a person.
func (x *examination) stuck(tx *store.Tx) error {
	health := api.EngineHealth{}
	if err := wedged(tx, &health); err != nil {
		return err
	}
	says := fmt.Sprintf("%d enrollments or contacts cannot go on by themselves", health.Wedged)
	if len(health.Details) > 0 {
		first := health.Details[0]
		says += fmt.Sprintf(", one is %s %s (%s)", first.Kind, first.Subject, first.Cause)
	}
	x.either(health.Wedged > 0, GradeFailure, "wedged", "mend the cause, then retry the enrollment or release the queue of the contact (docs/OPERATING.md)", says, "nobody")
	groups, err := tx.FailureGroups(store.FailureFilter{State: store.FailureUnknown}, 1000)
	if err != nil {
		return err
	}
	unknown := 0
	for i := range groups {
		unknown += groups[i].N
	}
	x.either(unknown > 0, GradeWarning, "unknown-effects", "decide each on the page Failures: mark_sent or resend",
		fmt.Sprintf("of %d effects nobody knows whether they were carried out", unknown), "none waits for a person")
	return nil
}
