package externaldns

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestBehindTheSidecarExternalDNSIsServedWhileAStrangerHoldsAllConnectionsItCanGet(t *testing.T) {
	t.Parallel()
	w, proxy := newSidecarWorld(t)
	s := w.newSite(t, "besieged.ru")
	held := besiege(t, w.secure)
	before := s.failures(t)
	s.addEndpoints(t, "www", s.record("www", "A", "192.0.2.1"))
	s.resolves(t, "www", "A", "192.0.2.1")
	s.settles(t)
	if failed := s.failures(t) - before; failed > 0 {
		t.Errorf("%g requests were not served", failed)
	}
	if held.Load() == 0 {
		t.Error("the stranger holds no connection: this test proves nothing")
	}
	proxy.RequireAlive(t)
}

// besiege has a stranger connect to an address from many places, say nothing, and connect again as soon as a connection is closed. It gives how many
// are held.
func besiege(t *testing.T, address string) (held *atomic.Int64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var besieging sync.WaitGroup
	t.Cleanup(func() {
		stop()
		besieging.Wait()
	})
	held = &atomic.Int64{}
	for n := range 20 * 30 {
		from := &net.TCPAddr{IP: net.ParseIP(fmt.Sprintf("127.0.0.%d", n%20+2))} // The proxy is at 127.0.0.1.
		besieging.Go(func() {
			for ctx.Err() == nil {
				hold(ctx, &net.Dialer{LocalAddr: from}, address, held)
				time.Sleep(100 * time.Millisecond) // A stranger has processors of his own.
			}
		})
	}
	return held
}

// hold keeps one connection until it is closed at the other end.
func hold(ctx context.Context, dialer *net.Dialer, address string, held *atomic.Int64) {
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	held.Add(1)
	defer held.Add(-1)
	ended := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer ended()
	_, _ = io.Copy(io.Discard, conn)
	_ = conn.Close()
}
