package esdbtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"zhishu/eventstore"
)

// Options of a cluster. The zero value is one node without TLS on a free port.
type Options struct {
	// Nodes is 1 or more; with more than one, clients find the leader by gossip.
	Nodes int
	// TLS with a certificate made at the start. Users must then authenticate to
	// read $all.
	TLS bool
	// Addresses are host:port of each node; a free port of 127.0.0.1 otherwise.
	Addresses []string
	// Version the nodes report, "24.10.4" if empty.
	Version string
	// Users and their passwords, besides the administrator admin, changeit.
	Users map[string]string
}

// Cluster is a running set of nodes over one log.
type Cluster struct {
	Faults Faults

	opt   Options
	log   *log
	cert  *tls.Certificate
	ca    string // file with the certificate
	nodes []*Node

	mu     sync.Mutex
	leader int // -1: none
	drop   chan struct{}
	dropBy error
	open   map[*Node]int // subscriptions
}

// Start starts a cluster with an empty log, led by its first node.
func Start(opt Options) (*Cluster, error) {
	opt.Nodes = max(opt.Nodes, 1)
	if opt.Version == "" {
		opt.Version = "24.10.4"
	}
	c := &Cluster{opt: opt, log: newLog(), drop: make(chan struct{}), open: make(map[*Node]int)}
	if opt.TLS {
		if err := c.makeCertificate(); err != nil {
			return nil, err
		}
	}
	for i := range opt.Nodes {
		n := &Node{cluster: c, index: i, address: "127.0.0.1:0"}
		if i < len(opt.Addresses) {
			n.address = opt.Addresses[i]
		}
		c.nodes = append(c.nodes, n)
		if err := n.Start(); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

func (c *Cluster) makeCertificate() error {
	cert, text, err := selfSigned()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp("", "esdbtest-*.pem")
	if err != nil {
		return err
	}
	c.cert, c.ca = &cert, f.Name()
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// Close stops all nodes.
func (c *Cluster) Close() {
	for _, n := range c.nodes {
		n.Stop()
	}
	if c.ca != "" {
		_ = os.Remove(c.ca)
	}
}

// URL is a connection string for the administrator.
func (c *Cluster) URL() string { return c.URLFor("admin", "changeit") }

// URLFor is a connection string for a user. Without TLS nobody authenticates.
func (c *Cluster) URLFor(user, password string) string {
	var hosts []string
	for _, n := range c.nodes {
		hosts = append(hosts, n.address)
	}
	if !c.opt.TLS {
		return fmt.Sprintf("esdb://%s?tls=false", strings.Join(hosts, ","))
	}
	who := ""
	if user != "" {
		who = url.UserPassword(user, password).String() + "@"
	}
	return fmt.Sprintf("esdb://%s%s?tls=true&tlsCaFile=%s", who, strings.Join(hosts, ","), url.QueryEscape(c.ca))
}

// Node returns one of the nodes.
func (c *Cluster) Node(i int) *Node { return c.nodes[i] }

// Leader is the index of the leading node, -1 when there is none.
func (c *Cluster) Leader() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leader
}

// Lead makes a node the leader; -1 leaves the cluster without one.
func (c *Cluster) Lead(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader = i
}

// DropSubscriptions ends every open subscription with an error (nil ends them as
// if they were complete).
func (c *Cluster) DropSubscriptions(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropBy = err
	close(c.drop)
	c.drop = make(chan struct{})
}

// Subscriptions is how many subscriptions are open.
func (c *Cluster) Subscriptions() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, n := range c.open {
		total += n
	}
	return total
}

// subscribe registers a subscription; dropped is closed when it must end.
func (c *Cluster) subscribe(n *Node) (dropped <-chan struct{}, end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[n]++
	return c.drop, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open[n]--
	}
}

func (c *Cluster) dropError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropBy
}

// Truncate forgets everything behind the first keep events of the log, as a
// restored backup does.
func (c *Cluster) Truncate(keep int) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	l := c.log
	l.records = slices.Clone(l.records[:keep])
	l.end = l.records[keep-1].position + 100
	for name, s := range l.streams {
		s.records = slices.DeleteFunc(s.records, func(r *record) bool { return r.position >= l.end })
		if len(s.records) == 0 {
			delete(l.streams, name)
		}
	}
}

// Write appends behind the back of every client, as another application would.
func (c *Cluster) Write(stream, kind string, data []byte) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.write(stream, []proposed{{id: [16]byte{1, byte(len(c.log.records))}, kind: kind, contentType: "application/json", data: data}})
}

// Events lists the log without system events.
func (c *Cluster) Events() []eventstore.Recorded {
	c.log.mu.RLock()
	defer c.log.mu.RUnlock()
	var events []eventstore.Recorded
	for _, r := range c.log.records {
		if r.stream[0] == '$' {
			continue
		}
		events = append(events, eventstore.Recorded{
			Event:    eventstore.Event{ID: r.id, Type: r.kind, Data: r.data, Metadata: r.meta},
			Stream:   r.stream,
			Revision: eventstore.Revision(r.revision),
			Position: eventstore.NewPosition(r.position, r.position),
		})
	}
	return events
}

// Len is how many events the log holds, system events included.
func (c *Cluster) Len() int {
	c.log.mu.RLock()
	defer c.log.mu.RUnlock()
	return len(c.log.records)
}
