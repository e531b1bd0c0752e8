package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// server is one process of the program, always on the same directory and
// address.
type server struct {
	binary, dir, address, base string
	flags                      []string
	process                    *exec.Cmd
}

// startServers makes a ledger and starts three servers of it.
func startServers(binary, dir string, flags []string) (servers []*server, err error) {
	for i := range 3 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return servers, err
		}
		address := ln.Addr().String()
		ln.Close()
		s := &server{binary: binary, dir: filepath.Join(dir, fmt.Sprint("server-", i)), address: address, base: "http://" + address, flags: flags}
		if i == 0 {
			if out, err := exec.Command(binary, append([]string{"init", "--data", s.dir}, flags...)...).CombinedOutput(); err != nil {
				return servers, fmt.Errorf("init: %w\n%s", err, out)
			}
		}
		servers = append(servers, s)
		if _, err := s.start(); err != nil {
			return servers, err
		}
	}
	return servers, nil
}

const patience = 30 * time.Second

// start starts the process and waits until it is ready.
func (s *server) start() (time.Duration, error) {
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
		resp, err := http.Get(s.base + "/readyz")
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

func (s *server) tail() []byte {
	log, _ := os.ReadFile(s.dir + ".log")
	return log[max(0, len(log)-2000):]
}

// stop ends the process as an operator does. It must end well.
func (s *server) stop() error {
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
