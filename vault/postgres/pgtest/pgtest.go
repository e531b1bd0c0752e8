// Package pgtest starts a real PostgreSQL for tests: the one of the Debian
// package, with a fresh directory, on a free port of the loopback address, with
// passwords and with everything that makes it durable switched on.
package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// EnvURL names the variable with the connection string of a server to use
// instead. Its role must be allowed to create schemas.
const EnvURL = "ZHISHU_TEST_POSTGRES"

// ErrNone: there is no PostgreSQL on this machine. Its text says what to do.
var ErrNone = errors.New("no PostgreSQL here: install the Debian package postgresql, or name a server in " + EnvURL)

// Server is a running server.
type Server struct {
	// URL is the connection string of a role that owns its database and is no
	// superuser.
	URL string
	// AdminURL is that of a superuser in the same database, or "" when the
	// server is not ours.
	AdminURL string

	bin, dir string
	port     int
	owner    *syscall.Credential // nil: as we are
	process  *exec.Cmd
	ended    chan error // gets what became of the process
}

// Start starts a server, or uses the one that EnvURL names.
func Start() (*Server, error) {
	if url := os.Getenv(EnvURL); url != "" {
		return &Server{URL: url}, nil
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	parent := root()
	if err := sweep(parent); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, fmt.Sprintf("%s%d-", dirPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir}
	if err := s.setUp(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// root is a directory in memory when there is enough of it: everything about the
// server stays as it is, and tests do not wait for a disk.
func root() string {
	const memory, need = "/dev/shm", 1 << 30 // bytes
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err != nil || room.Bavail*uint64(room.Bsize) < need {
		return os.TempDir()
	}
	return memory
}

const dirPrefix = "zhishu-postgres-"

// sweep removes what tests left that were killed: their servers ended with them.
func sweep(parent string) error {
	left, err := filepath.Glob(filepath.Join(parent, dirPrefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		pid, err := strconv.Atoi(id)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			os.RemoveAll(dir) // another user's stay
		}
	}
	return nil
}

var shared struct {
	sync.Once
	server *Server
	err    error
}

// Main runs a package's tests and ends the server they shared.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	return code
}

// Shared is one server for all tests of a package, started by the first of them.
// Without PostgreSQL the test is skipped.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Do(func() { shared.server, shared.err = Start() })
	if errors.Is(shared.err, ErrNone) {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// binaries finds the newest version's programs.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	newest := 0
	for _, path := range found {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil {
			newest = max(newest, version)
		}
	}
	if newest == 0 {
		return "", ErrNone
	}
	return fmt.Sprintf("/usr/lib/postgresql/%d/bin", newest), nil
}

func (s *Server) setUp() error {
	if err := s.chooseOwner(); err != nil {
		return err
	}
	password := filepath.Join(s.dir, "password")
	if err := os.WriteFile(password, []byte(adminPassword), 0o644); err != nil {
		return err
	}
	initdb := s.command("initdb", "--no-sync", "--username=admin", "--auth=password", "--pwfile="+password,
		"--encoding=UTF8", "--locale=C", "--pgdata="+s.data())
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.Resume(); err != nil {
		return err
	}
	return s.makeDatabase()
}

// chooseOwner: PostgreSQL refuses to run as root.
func (s *Server) chooseOwner() error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

// command runs as the owner and ends with us.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return len(v) > 2 && v[:2] == "PG" })
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Stop ends the server and removes its files.
func (s *Server) Stop() error {
	if s.dir == "" {
		return nil
	}
	return errors.Join(s.Crash(), os.RemoveAll(s.dir))
}
