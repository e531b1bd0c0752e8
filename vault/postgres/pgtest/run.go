package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	adminPassword = "only-for-tests"
	rolePassword  = "planted-password"
	startLimit    = time.Minute
)

// Ours reports whether the server may be stopped, changed and looked into.
func (s *Server) Ours() bool { return s.dir != "" }

// Crash ends the server at once, without writing anything more: what is there
// afterwards is what it had made durable.
func (s *Server) Crash() error {
	if s.process == nil {
		return nil
	}
	// It may have ended by itself; waiting for it is all that is left then.
	signalled := s.process.Process.Signal(syscall.SIGQUIT)
	err := <-s.ended
	s.process = nil
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil // not cleanly: that was the intention
	}
	return errors.Join(signalled, err)
}

// Resume starts the server again, on the same port.
func (s *Server) Resume() error {
	const attempts = 3 // another process may take the port before the server does
	var err error
	for range attempts {
		if s.AdminURL == "" {
			if s.port, err = freePort(); err != nil {
				return err
			}
		}
		if err = s.run(); err == nil {
			return nil
		}
	}
	return err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (s *Server) run() error {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own handle
	cmd := s.command("postgres", "-D", s.data(), "-p", fmt.Sprint(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "shared_buffers=64MB",
		"-c", "max_connections=100", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=128MB",
		"-c", "dynamic_shared_memory_type=mmap") // nothing is left when it is ended at once
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.ended = cmd, make(chan error, 1)
	go func(ended chan<- error) { ended <- cmd.Wait() }(s.ended)
	if err := s.awaitAnswer(); err != nil {
		text, _ := os.ReadFile(s.logFile()) // only to explain
		return errors.Join(err, s.Crash(), fmt.Errorf("its log:\n%s", text))
	}
	return nil
}

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

func (s *Server) url(role, password, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", role, password, s.port, database)
}

func (s *Server) awaitAnswer() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("admin", adminPassword, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case ended := <-s.ended:
			s.ended <- ended
			return fmt.Errorf("the server ended: %w", ended)
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		}
	}
}

func (s *Server) makeDatabase() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("admin", adminPassword, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range []string{
		`CREATE ROLE zhishu LOGIN PASSWORD '` + rolePassword + `'`,
		`CREATE DATABASE zhishu OWNER zhishu`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	s.URL = s.url("zhishu", rolePassword, "zhishu")
	s.AdminURL = s.url("admin", adminPassword, "zhishu")
	return nil
}

// TableFiles returns what stands on disk of tables, named with their schema, of
// the server's database.
func (s *Server) TableFiles(ctx context.Context, tables ...string) (files [][]byte, err error) {
	conn, err := pgx.Connect(ctx, s.AdminURL)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `CHECKPOINT`); err != nil {
		return nil, err
	}
	for _, table := range tables {
		var path string
		if err := conn.QueryRow(ctx, `SELECT pg_relation_filepath($1::text::regclass)`, table).Scan(&path); err != nil {
			return nil, err
		}
		file, err := os.ReadFile(filepath.Join(s.data(), path))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
