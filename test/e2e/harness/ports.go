package harness

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
)

// The ports that FreeAddress gives out lie below those that systems choose for outgoing connections and for listeners on
// port 0 (from 32768 on Linux, 49152 elsewhere). So nobody takes one between here and the program that it is meant for.
const (
	firstPort = 20000
	ports     = 12000
)

// nextPort starts anywhere, so that test binaries that run side by side do not look for ports in the same place.
var nextPort = func() *atomic.Uint32 {
	var port atomic.Uint32
	port.Store(rand.Uint32N(ports))
	return &port
}()

// FreeAddress returns a host:port of 127.0.0.1 that nobody listens on, and that it has not given out before.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range ports {
		port := firstPort + nextPort.Add(1)%ports
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
		if err != nil {
			continue
		}
		listener.Close()
		return listener.Addr().String()
	}
	t.Fatalf("no free port from %d to %d", firstPort, firstPort+ports-1)
	return ""
}
