package app

import (
	"bytes"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

const doctorKey = "doctor-secret-key-0123456789"

// sound are settings with which nothing is wrong but what stands behind them.
func sound(t *testing.T, database string) Settings {
	t.Helper()
	return Settings{
		HTTPAddr: "127.0.0.1:0", DataDir: t.TempDir(), DatabaseURL: database, TemporalAddr: "127.0.0.1:1", TemporalNamespace: "default",
		TemporalUIAddr: "127.0.0.1:8233", SMTPURL: "smtp://127.0.0.1:1", SecretKey: doctorKey, RetentionEvents: "400d", RetentionSteps: "400d",
		BaseURL: "https://fermata.example", MailFrom: "Fermata <fermata@fermata.example>", Log: "info", Timezone: "UTC", Currency: "USD",
		DefaultConsent: "subscribed",
	}
}

func examinationOf(s Settings) *examination {
	return &examination{Report: &Report{Status: GradeOK}, s: &s}
}

// found is what a check says; "" for one that there is not.
func found(r *Report, check string) Finding {
	for _, f := range r.Checks {
		if f.Check == check {
			return f
		}
	}
	return Finding{}
}

func TestDoctorNamesEachFaultOfTheSettings(t *testing.T) {
	t.Parallel()
	healthy := examinationOf(sound(t, ""))
	require.Empty(t, healthy.settings())
	require.Equal(t, GradeOK, healthy.Status, "%v", healthy.Checks)
	require.Zero(t, healthy.ExitCode())
	for name, broken := range map[string]struct {
		change              func(s *Settings)
		check, status, says string
	}{
		"dev key":         {func(s *Settings) { s.APIKey = DevKey }, "settings", GradeFailure, "FERMATA_API_KEY"},
		"guessable key":   {func(s *Settings) { s.APIKey = "test-key" }, "key-length", GradeWarning, "FERMATA_API_KEY"},
		"guessable box":   {func(s *Settings) { s.SecretKey = "s3cret" }, "key-length", GradeWarning, "FERMATA_SECRET_KEY"},
		"no secret key":   {func(s *Settings) { s.SecretKey = "" }, "settings", GradeFailure, "FERMATA_SECRET_KEY"},
		"zone":            {func(s *Settings) { s.Timezone = "Mars" }, "settings", GradeFailure, "FERMATA_TIMEZONE"},
		"no base":         {func(s *Settings) { s.BaseURL = "" }, "base-url", GradeWarning, "not set"},
		"base in clear":   {func(s *Settings) { s.BaseURL = "http://fermata.example" }, "base-url", GradeWarning, "not https"},
		"private targets": {func(s *Settings) { s.AllowPrivate = true }, "private-targets", GradeWarning, "private"},
		"sender":          {func(s *Settings) { s.MailFrom = "f@localhost.localdomain" }, "mail-from", GradeWarning, "refuse"},
		"short retention": {func(s *Settings) { s.RetentionSteps = "30d" }, "retention", GradeWarning, "steps 30d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sound(t, "")
			broken.change(&s)
			x := examinationOf(s)
			x.settings()
			f := found(x.Report, broken.check)
			require.Equal(t, broken.status, f.Status)
			require.Contains(t, f.Says, broken.says)
			require.NotEmpty(t, f.Mend)
			require.Equal(t, broken.status, x.Status)
		})
	}
	two := sound(t, "")
	two.SecretKey, two.Currency = "", "dollars"
	x := examinationOf(two)
	require.Len(t, x.settings(), 2, "every fault is named, not only the first")
	require.Equal(t, 2, x.ExitCode())
}

func TestDoctorWritesALineForEachCheck(t *testing.T) {
	t.Parallel()
	r := &Report{Status: GradeOK}
	r.add(GradeOK, "store", "", "it answers")
	require.Equal(t, "all 1 checks are ok", r.Summary())
	r.add(GradeWarning, "disk", "free some space", "little room")
	require.Equal(t, 1, r.ExitCode())
	r.add(GradeFailure, "router", "start a relay", "events wait")
	r.add(GradeWarning, "late", "start workers", "two are late")
	require.Equal(t, 2, r.ExitCode())
	var text, document bytes.Buffer
	require.NoError(t, r.Write(&text, false))
	require.Equal(t, []string{
		"ok       store           it answers", "warning  disk            little room. Mend: free some space",
		"failure  router          events wait. Mend: start a relay", "warning  late            two are late. Mend: start workers", "",
	}, strings.Split(text.String(), "\n"))
	require.NoError(t, r.Write(&document, true))
	require.JSONEq(t, `{"status": "failure", "checks": [{"check": "store", "status": "ok", "says": "it answers"},
		{"check": "disk", "status": "warning", "says": "little room", "mend": "free some space"},
		{"check": "router", "status": "failure", "says": "events wait", "mend": "start a relay"},
		{"check": "late", "status": "warning", "says": "two are late", "mend": "start workers"}]}`, document.String())
	require.Equal(t, "failures: 1, warnings: 2, ok: 1", r.Summary())
}

// eachDatabase runs a test on a database of either kind, with a way to change it behind the program's back.
func eachDatabase(t *testing.T, test func(t *testing.T, url string, exec func(statement string))) {
	t.Helper()
	for name, database := range map[string]func(testing.TB) string{store.SQLite: storetest.SQLite, store.Postgres: storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			driver, source := "pgx", url
			if name == store.SQLite {
				driver, source = "sqlite", strings.TrimPrefix(url, "sqlite:")
			}
			db, err := sql.Open(driver, source)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			test(t, url, func(statement string) {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			})
		})
	}
}

func examined(t *testing.T, url string) *Report {
	t.Helper()
	x := examinationOf(sound(t, url))
	x.database(t.Context())
	if x.store != nil {
		require.NoError(t, x.store.Close())
	}
	return x.Report
}

func TestDoctorComparesTheSchemaWithThisBuild(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string, exec func(string)) {
		t.Helper()
		require.Equal(t, GradeOK, found(examined(t, url), "migrations").Status)
		exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
		ahead := found(examined(t, url), "migrations")
		require.Equal(t, GradeWarning, ahead.Status)
		require.Contains(t, ahead.Says, "9999")
		exec("DELETE FROM goose_db_version WHERE version_id = 16")
		behind := examined(t, url)
		require.Equal(t, GradeFailure, found(behind, "migrations").Status)
		require.Contains(t, found(behind, "migrations").Says, "16 of")
		require.Empty(t, found(behind, "router"), "rows of another schema are not read")
		exec("DROP TABLE goose_db_version")
		require.Equal(t, GradeFailure, found(examined(t, url), "migrations").Status)
	})
}

func TestDoctorFindsWhatDoesNotGoOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string, exec func(string)) {
		t.Helper()
		healthy := examined(t, url)
		for _, check := range []string{"store", "secrets", "interpreter", "router", "dispatcher", "late", "wedged", "unknown-effects"} {
			require.Equal(t, GradeOK, found(healthy, check).Status, check)
		}
		s := storetest.OpenURL(t, url)
		fill(t, s, time.Now())
		require.Equal(t, GradeOK, found(examined(t, url), "router").Status, "an event of just now is not late")
		breakAll(t, s)
		exec("UPDATE contact_queue SET created_at = '2020-01-01 00:00:00+00:00'")
		exec("UPDATE dispatches SET created_at = '2020-01-01 00:00:00+00:00'")
		broken := examined(t, url)
		for check, status := range map[string]string{
			"secrets": GradeFailure, "interpreter": GradeFailure, "router": GradeFailure, "dispatcher": GradeFailure,
			"late": GradeWarning, "wedged": GradeFailure, "unknown-effects": GradeWarning,
		} {
			f := found(broken, check)
			require.Equal(t, status, f.Status, "%s: %s", check, f.Says)
			require.NotEmpty(t, f.Mend)
		}
		require.Contains(t, found(broken, "secrets").Says, "2 of 3: crm, hook:w/in")
		require.Contains(t, found(broken, "wedged").Says, "it is broken")
		require.Contains(t, found(broken, "unknown-effects").Says, "of 1 effects")
	})
}

// breakAll adds to what fill left: secrets under two keys, a wedged enrollment, an effect in doubt, and
// a version of the interpreter that nobody knows.
func breakAll(t *testing.T, s *store.Store) {
	t.Helper()
	ours, err := NewBox(doctorKey)
	require.NoError(t, err)
	theirs, err := NewBox("another-secret-key-0123456789")
	require.NoError(t, err)
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		for name, box := range map[string]*Box{"booking": ours, "crm": theirs} {
			sealed, nonce, err := box.Seal(name, []byte("https://example.com"))
			require.NoError(t, err)
			require.NoError(t, tx.PutSecret(&store.Secret{Name: name, Cipher: sealed, Nonce: nonce}))
		}
		sealed, nonce, err := theirs.Seal(store.HookSeal("w", "in"), []byte("token"))
		require.NoError(t, err)
		require.NoError(t, tx.PutHook(&store.Hook{Workflow: "w", TriggerID: "in", TokenHash: []byte("hash"), Cipher: sealed, Nonce: nonce}))
		require.NoError(t, tx.SetMeta(events.MetaInterpreter, "999"))
		list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: "c"}, store.Page{Limit: 1})
		require.NoError(t, err)
		e, now := &list[0], time.Now().UTC()
		require.NoError(t, tx.Looked(e.ID, now, now, "it is broken"))
		_, _, err = tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: "mail", Visit: 1, Type: "email", Status: "unknown", EnteredAt: now, LeftAt: &now})
		require.NoError(t, err)
		return tx.PutFailure(&store.Failure{EnrollmentID: e.ID, Node: "mail", Visit: 1, Fingerprint: "f", Workflow: "c", Type: "email", FirstAt: now, LastAt: now})
	}))
}

func TestDoctorFindsABrokenFile(t *testing.T) {
	t.Parallel()
	report := examined(t, storetest.SQLite(t))
	require.Equal(t, []string{GradeOK, GradeOK}, []string{found(report, "sqlite-file").Status, found(report, "sqlite-wal").Status})

	absent := filepath.Join(t.TempDir(), "absent.db")
	require.Contains(t, found(examined(t, "sqlite:"+absent), "store").Says, "not there")
	require.NoFileExists(t, absent, "a doctor makes nothing")

	other := filepath.Join(t.TempDir(), "other.db")
	require.NoError(t, os.WriteFile(other, bytes.Repeat([]byte("no database "), 1000), 0o600))
	require.Equal(t, GradeFailure, found(examined(t, "sqlite:"+other), "store").Status)

	torn := storetest.SQLite(t)
	file := strings.TrimPrefix(torn, "sqlite:")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	copy(raw[len(raw)/2:], bytes.Repeat([]byte{0xAB}, 3*4096))
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	f := found(examined(t, torn), "sqlite-file")
	require.Equal(t, GradeFailure, f.Status, f.Says)

	plain := storetest.SQLite(t)
	db, err := sql.Open("sqlite", strings.TrimPrefix(plain, "sqlite:"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA journal_mode = DELETE")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.Equal(t, GradeWarning, found(examined(t, plain), "sqlite-wal").Status)
}

func TestDoctorJudgesPostgres(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on", "statement_timeout": "5000",
		"default_transaction_isolation": "read committed", "server_encoding": "UTF8",
	}
	x := examinationOf(Settings{})
	x.postgres(&store.Inspection{Settings: good, Clock: -time.Second})
	require.Equal(t, GradeOK, x.Status, "%v", x.Checks)
	for name, value := range map[string]string{
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "statement_timeout": "0",
		"default_transaction_isolation": "serializable", "server_encoding": "SQL_ASCII",
	} {
		settings := map[string]string{}
		for k, v := range good {
			settings[k] = v
		}
		settings[name] = value
		x := examinationOf(Settings{})
		x.postgres(&store.Inspection{Settings: settings})
		require.NotEqual(t, GradeOK, found(x.Report, name).Status, name)
		require.Contains(t, found(x.Report, name).Says, value)
	}
	for _, clock := range []time.Duration{5 * time.Second, -5 * time.Second} {
		x := examinationOf(Settings{})
		x.postgres(&store.Inspection{Settings: good, Clock: clock})
		require.Equal(t, GradeWarning, found(x.Report, "clock").Status)
	}
	slow := examinationOf(Settings{})
	slow.postgres(&store.Inspection{Settings: good, Clock: 5 * time.Second, Doubt: 4 * time.Second})
	require.Equal(t, GradeOK, found(slow.Report, "clock").Status, "a slow answer says nothing about the clock")

	url := storetest.Postgres(t)
	report := examined(t, url)
	require.Equal(t, GradeOK, found(report, "statement_timeout").Status)
	require.Equal(t, GradeOK, found(report, "clock").Status)
	require.Equal(t, GradeOK, found(report, "connections").Status, found(report, "connections").Says)
	greedy := found(examined(t, url+separator(url)+"pool_max_conns=100000"), "connections")
	require.Equal(t, GradeFailure, greedy.Status, greedy.Says)
	require.Equal(t, GradeFailure, found(examined(t, "postgres://nobody@127.0.0.1:1/none"), "store").Status)
}

func separator(url string) string {
	if strings.Contains(url, "?") {
		return "&"
	}
	return "?"
}

func TestDoctorLooksAtDiskMailAndAPI(t *testing.T) {
	t.Parallel()
	x := examinationOf(sound(t, ""))
	x.disk()
	require.Contains(t, found(x.Report, "disk").Says, "free of")
	x = examinationOf(sound(t, "sqlite:/nowhere/at/all/fermata.db"))
	x.disk()
	require.Equal(t, GradeFailure, found(x.Report, "disk").Status)

	x.mail(t.Context())
	require.Equal(t, GradeFailure, found(x.Report, "smtp").Status)
	for _, server := range []struct{ url, says string }{
		{mailServer(t, "250 mail.example"), "without TLS (no STARTTLS offered), no AUTH"},
		{mailServer(t, "250-mail.example", "250 AUTH PLAIN LOGIN"), "offers AUTH PLAIN LOGIN, none is used"},
	} {
		s := sound(t, "")
		s.SMTPURL = server.url
		x := examinationOf(s)
		x.mail(t.Context())
		require.Equal(t, GradeOK, found(x.Report, "smtp").Status, "on this machine mails travel safely in clear")
		require.Contains(t, found(x.Report, "smtp").Says, server.says)
	}
	refused := sound(t, "")
	refused.SMTPURL = strings.Replace(mailServer(t, "250 mail.example"), "smtp://", "smtp://user:password@", 1)
	x = examinationOf(refused)
	x.mail(t.Context())
	require.Equal(t, GradeFailure, found(x.Report, "smtp").Status, "a server without AUTH cannot be signed in to")
	require.NotContains(t, found(x.Report, "smtp").Says, "password@")

	away := sound(t, "")
	away.BaseURL = "http://127.0.0.1:1"
	x = examinationOf(away)
	x.outside(t.Context())
	require.Equal(t, GradeWarning, found(x.Report, "api").Status)
}

// mailServer greets, says hello in so many lines, and takes a goodbye.
func mailServer(t *testing.T, hello ...string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		_, _ = c.Write([]byte("220 mail.example ready\r\n"))
		raw := make([]byte, 512)
		for {
			n, err := c.Read(raw)
			if err != nil {
				return
			}
			answer := "221 bye\r\n"
			if strings.HasPrefix(string(raw[:n]), "EHLO") {
				answer = strings.Join(hello, "\r\n") + "\r\n"
			}
			_, _ = c.Write([]byte(answer))
		}
	}()
	return "smtp://" + l.Addr().String()
}
