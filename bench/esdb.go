package bench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"zhishu/eventstore/esdb/esdbbench"
)

const (
	esdbWorkers = 32
	esdbAppends = 15_000 // in each of three turns
	esdbRead    = 100_000
	esdbHeld    = 1_000_000
	esdbHeldMiB = 64 // ours: it must not grow with the log
	esdbTarget  = 0.8
)

// eventStoreDB measures P12: what the adapter costs beside the bare client.
func (r *run) eventStoreDB() error {
	url, stop, err := r.eventStore()
	if errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(r.Notes, "P12 is left out: name an EventStoreDB in ZHISHU_ESDB_URL, or build ./scripts/esdbserver beside this program (make bench does)")
		return nil
	}
	if err != nil {
		return err
	}
	defer stop()
	settle()
	f, err := esdbbench.Append(r.ctx, url, esdbWorkers, esdbAppends)
	if err != nil {
		return err
	}
	r.beside(fmt.Sprintf("EventStoreDB adapter, append, %d workers", esdbWorkers), f)
	settle()
	if f, err = esdbbench.CatchUp(r.ctx, url, esdbRead); err != nil {
		return err
	}
	r.beside(fmt.Sprintf("EventStoreDB adapter, catch-up of $all, %d events", esdbRead), f)
	settle()
	if f, err = esdbbench.Memory(r.ctx, url, esdbHeld); err != nil {
		return err
	}
	r.report(Row{ID: "P12", Work: fmt.Sprintf("EventStoreDB adapter, memory of a catch-up of %d events", esdbHeld), Figure: f.Figure, Limit: f.Limit,
		Unit: "MiB", Detail: f.Detail, Target: fmt.Sprintf("≤ %d MiB", esdbHeldMiB), Met: f.Figure <= esdbHeldMiB})
	return nil
}

func (r *run) beside(work string, f esdbbench.Figure) {
	r.report(Row{ID: "P12", Work: work, Figure: f.Figure, Limit: f.Limit, Unit: "events/s", Detail: f.Detail,
		Target: fmt.Sprintf("≥ %.2f", esdbTarget), Met: f.Figure >= esdbTarget*f.Limit})
}

// eventStore is the store that the environment names, or the protocol test
// server in a process of its own.
func (r *run) eventStore() (url string, stop func(), err error) {
	if url := os.Getenv("ZHISHU_ESDB_URL"); url != "" {
		return url, func() {}, nil
	}
	path := filepath.Join(filepath.Dir(r.Self), "esdbserver")
	if _, err := os.Stat(path); err != nil {
		return "", nil, err
	}
	server := exec.CommandContext(r.ctx, path)
	input, err := server.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	output, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = input.Close() // which ends it
		_ = server.Wait() // it keeps nothing that could be lost
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("%s printed no address: %w", path, err)
	}
	return strings.TrimSpace(line), stop, nil
}
