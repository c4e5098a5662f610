package purchase

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Operation is what an order buys.
type Operation string

// The operations.
const (
	Register Operation = "Register"
	Transfer Operation = "Transfer"
	Renew    Operation = "Renew"
	Restore  Operation = "Restore"
	// ChangeNameServers is for zones that take money for it. REG.API makes no bill for it beforehand, so that it is always Direct.
	ChangeNameServers Operation = "ChangeNameServers"
)

// Keyed says whether the registrar knows the order by a key of ours (6). A renewal has none: only its effect tells.
func (o Operation) Keyed() bool { return o == Register || o == Transfer }

// Order is what is bought. It never changes (2).
type Order struct {
	Domain  string // ASCII
	Ordinal int
	// UserID of the login at the registrar.
	UserID    string
	Operation Operation
	// ServiceID and Base, the last paid day as the registrar wrote it, are those of the domain that is renewed; keyed orders have none, and a
	// change of name servers has no Base.
	ServiceID regapi.ID
	Base      string
	Years     int
	// Servers is where a change of name servers leads to, as text that is the same for the same servers.
	Servers string
	// Direct orders pay with the call that orders (24).
	Direct bool
}

// Name of the order: the domain and its ordinal (1). No last label of a domain is a number, so that no two orders share one.
func (o Order) Name() string { return Name(o.Domain, o.Ordinal) }

// Name gives the name of the n-th order of a domain.
func Name(domain string, ordinal int) string { return domain + "." + strconv.Itoa(ordinal) }

// ParseName is the way back.
func ParseName(name string) (domain string, ordinal int, err error) {
	at := strings.LastIndexByte(name, '.')
	if at <= 0 {
		return "", 0, fmt.Errorf("%q is no name of an order: it is a domain and a number, such as example.ru.1", name)
	}
	ordinal, err = strconv.Atoi(name[at+1:])
	if err != nil || ordinal < 1 || strconv.Itoa(ordinal) != name[at+1:] {
		return "", 0, fmt.Errorf("%q is no name of an order: it ends in no ordinal, such as example.ru.1", name)
	}
	return name[:at], ordinal, nil
}

// Key is the user_servid of an order: 32 hexadecimal digits that a restored or a new cluster derives again (6).
func (o Order) Key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", o.UserID, o.Domain, o.Operation, o.Ordinal))
	return hex.EncodeToString(sum[:16])
}

// Digest names exactly this purchase at this price, for who approves it (11).
func (o Order) Digest(price Amount) string {
	text := fmt.Appendf(nil, "%q %q %d %q %d %s %s", o.Name(), o.Operation, o.ServiceID, o.Base, o.Years, price, Currency)
	if o.Direct {
		text = fmt.Appendf(text, " at once %q", o.Servers)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// graceDays is how much less than a year, for each of them, a renewal may bring: dates of lists and details differ by a day, and zones count
// in their own time.
const graceDays = 20

// Reached says whether a last paid day shows that the years are there (18). A day that nobody can read shows nothing.
func (o Order) Reached(expiry string) bool {
	base, err := time.Parse(time.DateOnly, o.Base)
	if err != nil {
		return false
	}
	now, err := time.Parse(time.DateOnly, expiry)
	return err == nil && now.After(base.AddDate(0, 0, 365*o.Years-graceDays))
}

// Moved says whether a last paid day is another than the one that the order stands on. A day's difference is none (see graceDays).
func (o Order) Moved(expiry string) bool {
	if o.Operation == ChangeNameServers {
		return false // It stands on no day.
	}
	base, err := time.Parse(time.DateOnly, o.Base)
	if err != nil {
		return true
	}
	now, err := time.Parse(time.DateOnly, expiry)
	return err != nil || now.Sub(base).Abs() > 48*time.Hour
}
