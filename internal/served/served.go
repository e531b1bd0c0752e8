// Package served runs the program as a process of its own, for campaigns that
// know it from outside only.
package served

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Server is one process of the program, always on the same directory and
// address, however often it is started again. It is not safe for concurrent use.
type Server struct {
	Base string // where it serves, as a URL

	binary, dir, address string
	flags                []string // of its store, for every verb
	process              *exec.Cmd
}

// New reserves an address; nothing runs yet.
func New(binary, dir string, flags ...string) (*Server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := ln.Addr().String()
	return &Server{Base: "http://" + address, binary: binary, dir: dir, address: address, flags: flags}, ln.Close()
}

// Run runs a verb on the server's directory and returns what it printed.
func (s *Server) Run(verb string, args ...string) ([]byte, error) {
	args = append([]string{verb, "--data", s.dir}, append(args, s.flags...)...)
	out, err := exec.Command(s.binary, args...).CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("%s: %w\n%s", verb, err, out)
	}
	return out, nil
}

const patience = 30 * time.Second

// Start starts the process, waits until it is ready, and says how long that was.
func (s *Server) Start() (time.Duration, error) {
	log, err := os.OpenFile(s.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	began := time.Now()
	s.process = exec.Command(s.binary, append([]string{"serve", "--data", s.dir, "--listen", s.address}, s.flags...)...)
	s.process.Stdout, s.process.Stderr = log, log
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		return 0, err
	}
	for time.Since(began) < patience {
		resp, err := http.Get(s.Base + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return time.Since(began), nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0, fmt.Errorf("not ready after %s; its log ends:\n%s", patience, s.tail())
}

// Stop ends the process as an operator does. It must end well.
func (s *Server) Stop() error {
	if s.process == nil {
		return nil
	}
	defer func() { s.process = nil }()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.process.Wait(); err != nil {
		return fmt.Errorf("a server did not end well: %w\n%s", err, s.tail())
	}
	return nil
}

// Kill ends the process without a warning.
func (s *Server) Kill() {
	if s.process == nil || s.process.Process == nil {
		return
	}
	s.process.Process.Kill()
	s.process.Wait()
}

func (s *Server) tail() []byte {
	log, _ := os.ReadFile(s.dir + ".log")
	return log[max(0, len(log)-2000):]
}
