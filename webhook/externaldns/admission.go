package externaldns

import (
	"context"
	"net"
	"net/http"
	"sync"
)

const (
	// maxStrangers are the connections of which nobody has said yet who it is, and maxPerPeer those of one address. external-dns
	// opens one, and says at once.
	maxStrangers = 64
	maxPerPeer   = 8
	// maxKnown are the connections of allowed callers.
	maxKnown = 64
)

// admission is a listener that strangers cannot fill: where there are too many of them, the oldest connection of whoever has most
// is closed. It is safe for concurrent use.
type admission struct {
	net.Listener

	mutex     sync.Mutex
	strangers map[string][]*admitted // by address, the oldest first
	count     int                    // of strangers
	known     int
}

// admitted is a connection that counts until it is closed.
type admitted struct {
	net.Conn
	admission *admission
	peer      string
	known     bool
	closing   sync.Once
}

func admit(listener net.Listener) *admission {
	return &admission{Listener: listener, strangers: map[string][]*admitted{}}
}

// Accept gives the next connection. Who is closed in its stead learns nothing more.
func (a *admission) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	if err != nil {
		return nil, err
	}
	peer, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		peer = conn.RemoteAddr().String()
	}
	c := &admitted{Conn: conn, admission: a, peer: peer}
	if evicted := a.enter(c); evicted != nil {
		_ = evicted.Close() // Its peer may have closed it already.
	}
	return c, nil
}

// enter counts a connection, and gives the one that has to make room.
func (a *admission) enter(c *admitted) *admitted {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.strangers[c.peer] = append(a.strangers[c.peer], c)
	a.count++
	switch {
	case len(a.strangers[c.peer]) > maxPerPeer:
		return a.strangers[c.peer][0]
	case a.count > maxStrangers:
		return a.strangers[a.greediest()][0]
	default:
		return nil
	}
}

func (a *admission) greediest() string {
	most := ""
	for peer, held := range a.strangers {
		if most == "" || len(held) > len(a.strangers[most]) {
			most = peer
		}
	}
	return most
}

// welcome says that an allowed caller is at the other end, and whether there is room for it.
func (a *admission) welcome(c *admitted) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if c.known {
		return true
	}
	if a.known >= maxKnown || !a.forget(c) {
		return false
	}
	c.known = true
	a.known++
	return true
}

// forget takes a connection off the strangers, and says whether it was among them. The mutex has to be held.
func (a *admission) forget(c *admitted) bool {
	held := a.strangers[c.peer]
	for n, other := range held {
		if other != c {
			continue
		}
		a.count--
		if len(held) == 1 {
			delete(a.strangers, c.peer)
		} else {
			a.strangers[c.peer] = append(held[:n:n], held[n+1:]...)
		}
		return true
	}
	return false
}

// Close makes room.
func (c *admitted) Close() error {
	c.closing.Do(func() {
		c.admission.mutex.Lock()
		defer c.admission.mutex.Unlock()
		if c.known {
			c.admission.known--
		} else {
			c.admission.forget(c)
		}
	})
	return c.Conn.Close()
}

// connection is the key under which the context of a request holds its connection.
type connection struct{}

// withConnection keeps the connection in the context of its requests. Where TLS wraps it, it is the one below.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = wrapped.NetConn()
	}
	return context.WithValue(ctx, connection{}, conn)
}

// isWelcome says whether there is room for a request of an allowed caller. A connection that nobody counts always has room.
func isWelcome(r *http.Request) bool {
	c, counted := r.Context().Value(connection{}).(*admitted)
	return !counted || c.admission.welcome(c)
}
