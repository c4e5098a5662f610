package certmanager

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// heldFor is how long a domain that the account holds is not asked about again: domains seldom leave.
	heldFor = time.Hour
	// notHeldFor is shorter, since somebody may be waiting for a domain that has just been added.
	notHeldFor = 10 * time.Minute
	// maxRemembered bounds what is remembered, of domains and of failures.
	maxRemembered = 10_000
)

// zoneMemory remembers which domains accounts hold.
type zoneMemory struct {
	mu       sync.Mutex
	verdicts map[login]verdict
}

// login and a domain that it may hold.
type login struct {
	of     account.Login
	domain string
}

type verdict struct {
	held  bool
	until time.Time
}

func (m *zoneMemory) recall(key login) (held, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.verdicts[key]
	if !ok || !time.Now().Before(v.until) {
		return false, false
	}
	return v.held, true
}

func (m *zoneMemory) learn(key login, held bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.verdicts == nil {
		m.verdicts = map[login]verdict{}
	}
	if len(m.verdicts) >= maxRemembered {
		now := time.Now()
		maps.DeleteFunc(m.verdicts, func(_ login, v verdict) bool { return !now.Before(v.until) })
	}
	if len(m.verdicts) >= maxRemembered {
		clear(m.verdicts)
	}
	lasts := notHeldFor
	if held {
		lasts = heldFor
	}
	m.verdicts[key] = verdict{held, time.Now().Add(lasts)}
}

// findZone gives the longest domain of the account that a name ends with.
func (s *Solver) findZone(ctx context.Context, connection *account.Connection, fqdn string) (string, error) {
	candidates := candidatesFor(fqdn)
	found, unknown := "", []string(nil)
	for _, candidate := range candidates {
		held, known := s.recallZone(connection, candidate)
		if held {
			found = candidate
			break
		}
		if !known {
			unknown = append(unknown, candidate)
		}
	}
	// A longer one that nobody knows of yet comes before a shorter one that is known.
	longer, err := s.askForZones(ctx, connection, unknown)
	if err != nil {
		return "", err
	}
	switch {
	case longer != "":
		return longer, nil
	case found != "":
		return found, nil
	default:
		return "", &notHeld{candidates}
	}
}

// notHeld is the error of a name that is in no domain of an account.
type notHeld struct{ candidates []string }

func (e *notHeld) Error() string {
	return fmt.Sprintf("none of %s is a domain of the account: name the Account that holds it in accountRef of the webhook config, "+
		"or delegate the challenge to a domain of this account by a CNAME and cnameStrategy: Follow", strings.Join(e.candidates, ", "))
}

// candidatesFor gives the domains that a name may belong to, the longest first. No domain has an underscore in its first
// label, and none is a single label.
func candidatesFor(fqdn string) []string {
	var candidates []string
	for name := fqdn; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		if !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "*") {
			candidates = append(candidates, name)
		}
	}
	return candidates
}

// recallZone says whether the account holds a domain, as far as that is known.
func (s *Solver) recallZone(connection *account.Connection, domain string) (held, known bool) {
	if zone, ok := connection.KnownZone(domain); ok {
		if held, known := judge(zone.Err); known {
			return held, true
		}
	}
	return s.zones.recall(login{connection.Login, domain})
}

// judge says what the outcome of reading a zone tells about whose it is. A zone that is blocked is the account's, and what keeps it
// from being edited is for the edit to say.
func judge(err error) (held, known bool) {
	switch {
	case err == nil, regapi.IsBlocked(err):
		return true, true
	case regapi.IsNotFound(err), regapi.IsInvalid(err):
		return false, true
	default:
		return false, false
	}
}

// askForZones reads the zones of all candidates together, and gives the first that the account holds. The first failure ends
// it, so that an outage is learnt of as soon as it shows.
func (s *Solver) askForZones(ctx context.Context, connection *account.Connection, candidates []string) (string, error) {
	for _, candidate := range candidates {
		if err := s.backoffs.wait(ctx, connection.Login, candidate); err != nil {
			return "", err
		}
	}
	started := time.Now()
	together, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	held := make([]bool, len(candidates))
	var reading sync.WaitGroup
	for i, candidate := range candidates {
		reading.Go(func() {
			_, err := connection.ReadZone(together, candidate)
			known := false
			if held[i], known = judge(err); known {
				s.zones.learn(login{connection.Login, candidate}, held[i])
				s.backoffs.learn(connection.Login, candidate, started, nil)
			} else if together.Err() == nil {
				s.backoffs.learn(connection.Login, candidate, started, err)
				giveUp(err)
			}
		})
	}
	reading.Wait()
	if together.Err() != nil {
		return "", context.Cause(together)
	}
	if first := slices.Index(held, true); first >= 0 {
		return candidates[first], nil
	}
	return "", nil
}
