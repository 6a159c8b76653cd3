package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"fermata/store"
)

// Env names the variable that points tests at a running PostgreSQL.
const Env = "FERMATA_TEST_POSTGRES"

// ErrNoPostgres is the one line that says what the PostgreSQL half of the tests is missing.
var ErrNoPostgres = errors.New("no PostgreSQL for tests: set " + Env + " to a postgres:// URL, or install initdb")

const dirPrefix = "fermata-pg-"

// Server is a PostgreSQL server that hands out migrated databases. Its methods are safe for
// concurrent use.
type Server struct {
	base *url.URL // of a database to manage others from
	own  *process // nil for a server that was there before

	admin    *sql.DB
	template func() (string, error)
}

// process is a server of our own. It dies with this process, whatever ends it.
type process struct {
	dir  string
	args []string // program first
	attr *syscall.SysProcAttr
	cmd  *exec.Cmd
	done chan struct{}
	log  *bytes.Buffer // read after done only
}

// Options of a server that StartServer starts itself.
type Options struct {
	// Durable lets commits wait for the disk, as production does; tests go without. Default false.
	Durable bool
	// TCP is a free host:port of this machine. It starts a server of our own there, even where Env
	// names one, for who cuts its connections and crashes it. Default: a socket in its directory.
	TCP string
}

// StartServer connects to the server that Env names or starts one of its own in a temporary
// directory, reachable over a socket there or, when asked, over TCP.
func StartServer(ctx context.Context, o Options) (*Server, error) {
	s := &Server{}
	if raw := os.Getenv(Env); raw != "" && o.TCP == "" {
		base, err := url.Parse(raw)
		if err != nil || !strings.HasPrefix(base.Scheme, "postgres") {
			return nil, fmt.Errorf("%s is not a postgres:// URL", Env)
		}
		s.base = base
	} else {
		own, base, err := startProcess(ctx, o)
		if err != nil {
			return nil, err
		}
		s.own, s.base = own, base
	}
	admin, err := sql.Open("pgx", s.base.String())
	if err == nil {
		admin.SetMaxOpenConns(4)
		s.admin = admin
		err = s.await(ctx)
	}
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	s.template = sync.OnceValues(s.makeTemplate)
	return s, nil
}

// await polls until the server answers, its process ends, or three minutes are over: after a crash it
// first replays its log, which on a busy machine takes as long as writing it did.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	var ended chan struct{}
	if s.own != nil {
		ended = s.own.done
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		if s.own == nil {
			return err
		}
		select {
		case <-ended:
			return fmt.Errorf("postgres ended: %s", s.own.log)
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

func (s *Server) at(database string) string {
	u := *s.base
	u.Path = "/" + database
	return u.String()
}

func (s *Server) makeTemplate() (string, error) {
	ctx := context.Background()
	name := store.NewID("fermata_template")
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("create template database: %w", err)
	}
	st, err := store.Open(ctx, s.at(name))
	if err != nil {
		return "", err
	}
	err = st.Migrate(ctx)
	return name, errors.Join(err, st.Close())
}

// Database makes a fresh, migrated database and returns its URL.
func (s *Server) Database(ctx context.Context) (string, error) {
	template, err := s.template()
	if err != nil {
		return "", err
	}
	return s.create(ctx, " TEMPLATE "+template)
}

// Empty makes a fresh database without any table and returns its URL.
func (s *Server) Empty(ctx context.Context) (string, error) { return s.create(ctx, "") }

func (s *Server) create(ctx context.Context, how string) (string, error) {
	name := store.NewID("fermata_test")
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+name+how); err != nil {
		return "", fmt.Errorf("create test database: %w", err)
	}
	return s.at(name), nil
}

// Drop removes a database that this server handed out, and cuts its connections.
func (s *Server) Drop(ctx context.Context, databaseURL string) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return err
	}
	_, err = s.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+strings.TrimPrefix(u.Path, "/")+" WITH (FORCE)")
	return err
}

// Stop ends a server of our own with all its data; on a server that was there before it removes the
// template.
func (s *Server) Stop() {
	if s.own == nil && s.template != nil {
		if name, err := s.template(); err == nil {
			_ = s.Drop(context.Background(), s.at(name))
		}
	}
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.own != nil {
		s.own.crash()
		_ = os.RemoveAll(s.own.dir)
	}
}

// Crash ends a server of our own at once and brings it back: every connection is cut, nothing that
// was not committed stays, and the next start replays the log. It returns when the server answers.
func (s *Server) Crash(ctx context.Context) error { return s.CrashFor(ctx, 0) }

// CrashFor is Crash with some time in which nobody is there.
func (s *Server) CrashFor(ctx context.Context, away time.Duration) error {
	if s.own == nil {
		return errors.New("crash PostgreSQL: the server is not of our making")
	}
	s.own.crash()
	<-time.After(away)
	if err := s.own.start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	return s.await(ctx)
}

// crash is PostgreSQL's immediate shutdown.
func (p *process) crash() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	<-p.done
}

// startProcess makes a cluster and starts a server on it.
func startProcess(ctx context.Context, o Options) (*process, *url.URL, error) {
	bin, err := binaries()
	if err != nil {
		return nil, nil, err
	}
	sweep()
	// The socket's path may have 107 bytes at most, which long temporary directories exceed.
	dir, err := os.MkdirTemp("/tmp", dirPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, nil, err
	}
	attr, err := runAs(dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"),
		"--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", data)
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("run initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	p := &process{dir: dir, args: []string{filepath.Join(bin, "postgres"), "-D", data}, attr: attr}
	base, settings := where(dir, o)
	for _, setting := range settings {
		p.args = append(p.args, "-c", setting)
	}
	if err := p.start(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("start postgres: %w", err), os.RemoveAll(dir))
	}
	return p, base, nil
}

// where decides where a server listens and how, and returns its address.
func where(dir string, o Options) (*url.URL, []string) {
	settings := []string{
		"unix_socket_directories=" + dir, "max_connections=600", "shared_buffers=64MB",
		"wal_level=minimal", "max_wal_senders=0", "log_min_messages=fatal",
	}
	if !o.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	if host, port, err := net.SplitHostPort(o.TCP); err == nil {
		base := &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: o.TCP, Path: "/postgres", RawQuery: "sslmode=disable"}
		return base, append(settings, "listen_addresses="+host, "port="+port)
	}
	base := &url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}
	return base, append(settings, "listen_addresses=")
}

// start starts the server from a thread that lives as long as the server does: the kernel sends the
// parent-death signal when the starting thread ends, not when the process does.
func (p *process) start() error {
	p.done, p.log = make(chan struct{}), &bytes.Buffer{}
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.SysProcAttr, p.cmd.Dir, p.cmd.Stderr = p.attr, p.dir, p.log
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.done)
		}
	}()
	return <-started
}
