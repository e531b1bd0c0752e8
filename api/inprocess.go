package api

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// InProcess is a client whose requests reach this server without a network:
// the same routes, checks and answers for who has the ledger open itself. The
// server need not be served; host names are those of the loopback interface.
func (s *Server) InProcess() *http.Client {
	ready := sync.OnceFunc(func() { s.app.Handler() }) // builds the routes' tree
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, // a connection ends with its request
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			ready()
			ours, theirs := net.Pipe()
			go func() {
				// An error here is one of the connection: the client sees it.
				_ = s.app.Server().ServeConn(theirs)
			}()
			return ours, nil
		},
	}}
}
