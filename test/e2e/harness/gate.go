package harness

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// Gate stands before a server. While it is shut, connections are refused as by a server that is down, and those that were
// open are cut.
type Gate struct {
	// Address that the gate listens on, as host:port; it stays the same.
	Address string

	target string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
	running  sync.WaitGroup
}

// NewGate returns an open gate before a server at host:port.
func NewGate(t testing.TB, target string) *Gate {
	t.Helper()
	g := &Gate{Address: FreeAddress(t), target: target, open: map[net.Conn]bool{}}
	g.Open(t)
	t.Cleanup(g.Shut)
	return g
}

// Open lets connections through.
func (g *Gate) Open(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", g.Address)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.listener = listener
	g.mu.Unlock()
	g.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // shut
			}
			g.running.Go(func() { g.forward(listener, client) })
		}
	})
}

// Shut refuses connections and cuts those that are open.
func (g *Gate) Shut() {
	g.mu.Lock()
	if g.listener != nil {
		g.listener.Close()
		g.listener = nil
	}
	for connection := range g.open {
		connection.Close()
	}
	g.mu.Unlock()
	g.running.Wait()
}

// forward connects a client to the server until either hangs up.
func (g *Gate) forward(listener net.Listener, client net.Conn) {
	server, err := net.Dial("tcp", g.target)
	if err != nil {
		client.Close()
		return
	}
	if !g.admit(listener, client, server) {
		return
	}
	defer g.dismiss(client, server)
	var copying sync.WaitGroup
	for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
		copying.Go(func() {
			_, err := io.Copy(pair[0], pair[1])
			if !errors.Is(err, net.ErrClosed) {
				pair[0].Close()
				pair[1].Close()
			}
		})
	}
	copying.Wait()
}

// admit notes connections that are open, or closes them when the gate was shut meanwhile.
func (g *Gate) admit(listener net.Listener, connections ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, connection := range connections {
		if g.listener != listener {
			connection.Close()
		} else {
			g.open[connection] = true
		}
	}
	return g.listener == listener
}

func (g *Gate) dismiss(connections ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, connection := range connections {
		connection.Close()
		delete(g.open, connection)
	}
}
