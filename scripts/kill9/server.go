package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// server is the program under test, always on the same directory and address.
type server struct {
	binary, dir, address, base string
	process                    *exec.Cmd
}

func newServer(binary, dir string) (*server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := ln.Addr().String()
	ln.Close()
	s := &server{binary: binary, dir: filepath.Join(dir, "ledger"), address: address, base: "http://" + address}
	if out, err := exec.Command(binary, "init", "--data", s.dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("init: %w\n%s", err, out)
	}
	_, err = s.start()
	return s, err
}

const patience = 30 * time.Second

// start runs the server and waits until it is ready.
func (s *server) start() (time.Duration, error) {
	log, err := os.OpenFile(s.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	began := time.Now()
	s.process = exec.Command(s.binary, "serve", "--data", s.dir, "--listen", s.address)
	s.process.Stdout, s.process.Stderr = log, log
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
	tail, _ := os.ReadFile(s.dir + ".log")
	return 0, fmt.Errorf("not ready after %s; its log ends:\n%s", patience, tail[max(0, len(tail)-2000):])
}

func (s *server) kill() {
	if s.process != nil && s.process.Process != nil {
		s.process.Process.Kill()
		s.process.Wait()
	}
}

// replay folds everything from the first event and compares.
func (s *server) replay() error {
	out, err := exec.Command(s.binary, "replay", "--data", s.dir).CombinedOutput()
	os.Stdout.Write(out)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}
