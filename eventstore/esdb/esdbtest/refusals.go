package esdbtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// refuse sets the trailers by which clients tell errors apart.
func refuse(ctx context.Context, code codes.Code, text string, trailers ...string) error {
	if len(trailers) > 0 {
		_ = grpc.SetTrailer(ctx, metadata.Pairs(trailers...)) // fails only outside of a call
	}
	return status.Error(code, text)
}

func wrongExpectedVersion(ctx context.Context, stream string) error {
	return refuse(ctx, codes.FailedPrecondition, fmt.Sprintf("Append failed due to WrongExpectedVersion. Stream: %s", stream),
		"exception", "wrong-expected-version", "stream-name", stream)
}

func streamDeleted(ctx context.Context, stream string) error {
	return refuse(ctx, codes.FailedPrecondition, fmt.Sprintf("Event stream '%s' is deleted.", stream),
		"exception", "stream-deleted", "stream-name", stream)
}

func tooLarge(ctx context.Context) error {
	return refuse(ctx, codes.InvalidArgument, fmt.Sprintf("Maximum Append Size of %d Exceeded.", maxAppendBytes),
		"exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(maxAppendBytes))
}

func accessDenied(ctx context.Context) error {
	return refuse(ctx, codes.PermissionDenied, "Access Denied", "exception", "access-denied")
}

func notReady() error { return status.Error(codes.Unavailable, "Server Is Not Ready") }

// notLeader names the leader, or says that there is none. A leader that is down
// is none: the others are electing.
func (n *Node) notLeader(ctx context.Context, leader int) error {
	if leader < 0 || !n.cluster.nodes[leader].Up() {
		return notReady()
	}
	host, port := n.cluster.nodes[leader].hostPort()
	return refuse(ctx, codes.NotFound, "Leader info available",
		"exception", "not-leader", "leader-endpoint-host", host, "leader-endpoint-port", strconv.Itoa(port))
}

// mayRead refuses a read by a follower that the client wants from the leader.
func (n *Node) mayRead(ctx context.Context) error {
	md, _ := metadata.FromIncomingContext(ctx)
	if v := md.Get("requires-leader"); len(v) > 0 && strings.EqualFold(v[0], "true") && !n.leads() {
		return n.notLeader(ctx, n.cluster.Leader())
	}
	return nil
}

// who finds out whether the caller is an administrator. Without TLS everybody is.
func (n *Node) who(ctx context.Context) (admin bool, err error) {
	if !n.cluster.opt.TLS {
		return true, nil
	}
	md, _ := metadata.FromIncomingContext(ctx)
	given := md.Get("authorization")
	if len(given) == 0 {
		return false, nil
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(given[0], "Basic "))
	user, password, _ := strings.Cut(string(text), ":")
	want, known := n.cluster.opt.Users[user]
	if user == "admin" && password == "changeit" {
		return true, nil
	}
	if err != nil || !known || want != password {
		return false, status.Error(codes.Unauthenticated, "Authentication Failed")
	}
	return false, nil
}
