package domain

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

const (
	// flagsEvery and flagsBurst bound how often the registrar is told who renews: it takes one domain a request (7.16), and the hour's requests are
	// for others too. No hour has more than sixty.
	flagsEvery = 72 * time.Second
	flagsBurst = 10
	// flagsWait is how soon a domain asks for its turn again, and flagsMissed after what time it is not waited for any more.
	flagsWait   = 4 * time.Minute
	flagsMissed = 3 * flagsWait
)

// flags are the turns of the logins to tell the registrar who renews: the domains that expire first come first. The zero value is ready to use.
type flags struct {
	mu     sync.Mutex
	logins map[string]*flagTurns
	// off are the Domains being deleted for which the flag was switched off: it is not written down, since the object goes.
	off map[types.NamespacedName]types.UID
}

// flagTurns are those of a login, with the domains that wait for one.
type flagTurns struct {
	limit   *rate.Limiter
	waiting map[types.NamespacedName]waitingFlag
}

// waitingFlag is when a domain that waits was last seen, and when it expires.
type waitingFlag struct {
	seen    time.Time
	expires string
}

func (f *flags) noteOff(domain *v1alpha1.Domain) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off == nil {
		f.off = map[types.NamespacedName]types.UID{}
	}
	f.off[client.ObjectKeyFromObject(domain)] = domain.UID
}

func (f *flags) isOff(domain *v1alpha1.Domain) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	uid, off := f.off[client.ObjectKeyFromObject(domain)]
	return off && uid == domain.UID
}

// forget is for a Domain that is gone.
func (f *flags) forget(key types.NamespacedName) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.off, key)
	for _, turns := range f.logins {
		delete(turns.waiting, key)
	}
}

// turn gives a domain its turn, unless there are none left, or only as many as domains wait that expire sooner.
func (f *flags) turn(login string, domain *v1alpha1.Domain, expires string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.logins == nil {
		f.logins = map[string]*flagTurns{}
	}
	turns := f.logins[login]
	if turns == nil {
		turns = &flagTurns{rate.NewLimiter(rate.Every(flagsEvery), flagsBurst), map[types.NamespacedName]waitingFlag{}}
		f.logins[login] = turns
	}
	now, key, sooner := time.Now(), client.ObjectKeyFromObject(domain), 0
	for other, waits := range turns.waiting {
		switch {
		case now.Sub(waits.seen) > flagsMissed:
			delete(turns.waiting, other)
		case other != key && waits.expires < expires:
			sooner++
		}
	}
	if turns.limit.Tokens() >= float64(sooner+1) && turns.limit.Allow() {
		delete(turns.waiting, key)
		return true
	}
	turns.waiting[key] = waitingFlag{now, expires}
	return false
}
