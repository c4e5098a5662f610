package account

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// rulesFor is how long the rules of a zone serve: registries change them rarely, and announce it.
const rulesFor = 24 * time.Hour

// rulebook remembers the rules of zones. The zero value is empty, and ready to use.
type rulebook struct {
	mu    sync.Mutex
	zones map[string]rules
}

type rules struct {
	info   regapi.TLDInfo
	known  bool // REG.API serves such a zone
	readAt time.Time
}

// TLD gives the rules of the zone that a domain is registered in (8.27): of the longest ending that REG.API serves. Without a TLD in it, there is
// none. It costs a request a day and zone.
func (c *Connection) TLD(ctx context.Context, domain string) (regapi.TLDInfo, error) {
	_, zone, nested := strings.Cut(domain, ".")
	for ; nested; _, zone, nested = strings.Cut(zone, ".") {
		found, err := c.rulesOf(ctx, zone)
		if err != nil || found.known {
			return found.info, err
		}
	}
	return regapi.TLDInfo{}, nil
}

func (c *Connection) rulesOf(ctx context.Context, zone string) (rules, error) {
	c.tlds.mu.Lock()
	found, asked := c.tlds.zones[zone]
	c.tlds.mu.Unlock()
	if asked && time.Since(found.readAt) < rulesFor {
		return found, nil
	}
	spelled, err := idna.ToUnicode(zone) // as the list of prices has them (8.2)
	if err != nil {
		spelled = zone
	}
	info, err := c.Client.Domain.GetTLDInfo(ctx, spelled)
	if class := regapi.ClassOf(err); err != nil && class != regapi.ClassInvalid && class != regapi.ClassNotFound {
		return rules{}, err
	}
	found = rules{info: info, known: err == nil, readAt: time.Now()}
	if found.known && found.info.TLD == "" {
		found.info.TLD = spelled
	}
	c.tlds.mu.Lock()
	defer c.tlds.mu.Unlock()
	if c.tlds.zones == nil {
		c.tlds.zones = map[string]rules{}
	}
	c.tlds.zones[zone] = found
	return found, nil
}
