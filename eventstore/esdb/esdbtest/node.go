package esdbtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// Node is one server of a cluster.
type Node struct {
	cluster *Cluster
	index   int
	address string

	up      atomic.Bool // apart from the mutex: handlers ask while Stop waits for them
	mu      sync.Mutex
	server  *grpc.Server // nil while it is down
	serving chan struct{}
}

// Limits of the real server.
const (
	maxReceiveBytes = 17 << 20
	maxAppendBytes  = 1 << 20
	maxStreams      = 100
	pageSize        = 32
)

// Start starts a node that is down, at the port it had before.
func (n *Node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.server != nil {
		return nil
	}
	listener, err := listen(n.address)
	if err != nil {
		return err
	}
	if strings.HasSuffix(n.address, ":0") { // the first start: others read it later on
		n.address = listener.Addr().String()
	}
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxReceiveBytes),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
		grpc.WaitForHandlers(true),
	}
	if c := n.cluster.cert; c != nil {
		options = append(options, grpc.Creds(credentials.NewServerTLSFromCert(c)))
	}
	n.server, n.serving = grpc.NewServer(options...), make(chan struct{})
	streams.RegisterStreamsServer(n.server, &streamsService{node: n})
	gossip.RegisterGossipServer(n.server, &gossipService{node: n})
	serverfeatures.RegisterServerFeaturesServer(n.server, &featuresService{node: n})
	persistent.RegisterPersistentSubscriptionsServer(n.server, &persistentService{node: n})
	n.up.Store(true)
	go func(server *grpc.Server, done chan struct{}) {
		defer close(done)
		_ = server.Serve(listener) // always an error once stopped
	}(n.server, n.serving)
	return nil
}

// listen waits for a port that the system has not given free yet.
func listen(address string) (net.Listener, error) {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		l, err := net.Listen("tcp", address)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			return l, err
		}
	}
}

// Stop cuts every connection and stops listening, as a killed server does.
func (n *Node) Stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.server == nil {
		return
	}
	n.up.Store(false)
	n.server.Stop()
	<-n.serving
	n.server = nil
}

// Up reports whether the node is running.
func (n *Node) Up() bool { return n.up.Load() }

// Address is host:port.
func (n *Node) Address() string { return n.address }

func (n *Node) hostPort() (string, int) {
	host, text, err := net.SplitHostPort(n.address)
	port, err2 := strconv.Atoi(text)
	if err = errors.Join(err, err2); err != nil {
		panic(fmt.Sprintf("esdbtest: a node at %q", n.address))
	}
	return host, port
}

func (n *Node) leads() bool { return n.cluster.Leader() == n.index }

// wait returns when the log has grown, the subscription is dropped or the call
// has ended.
func wait(ctx context.Context, grown, dropped <-chan struct{}) {
	select {
	case <-grown:
	case <-dropped:
	case <-ctx.Done():
	}
}
