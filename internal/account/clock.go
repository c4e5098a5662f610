package account

import (
	"context"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// registrarClock goes by the dates of the registrar's answers, and by the monotonic clock between them. The zero value knows no time yet.
type registrarClock struct {
	mu   sync.Mutex
	date time.Time
	at   time.Time
}

// Middleware sets the clock by every answer. It stands innermost, where nobody waits any more.
func (c *registrarClock) Middleware(next regapi.Handler) regapi.Handler {
	return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
		answer, err := next.Do(ctx, request)
		if answer != nil && !answer.Date.IsZero() {
			c.mu.Lock()
			c.date, c.at = answer.Date, time.Now()
			c.mu.Unlock()
		}
		return answer, err
	})
}

// RegistrarTime is what time it is by the registrar's clock; known is false until it has answered.
func (c *Connection) RegistrarTime() (now time.Time, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	if c.clock.date.IsZero() {
		return time.Time{}, false
	}
	return c.clock.date.Add(time.Since(c.clock.at)), true
}
