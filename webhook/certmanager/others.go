package certmanager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// othersWithin bounds how long Accounts are waited for that are not known to hold anything: one that hangs must not be what a challenge
// waits for.
const othersWithin = 10 * time.Second

var errSlow = errors.New("it has not answered in time, and is not known to hold the domain")

// attempt asks one Account, on behalf of the objects of one namespace.
type attempt struct {
	holder holder
	done   chan struct{}
	place  place
	err    error
}

// locateByOthers asks the Accounts of all holders of which nothing is known, at once, and takes the first in order that has the name.
func (s *Solver) locateByOthers(ctx context.Context, namespace string, others []holder, fqdn string) (place, error) {
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late, stop := context.WithTimeout(ctx, othersWithin)
	defer stop()
	attempts := attemptsFor(others)
	for _, a := range attempts {
		asking.Go(func() {
			defer close(a.done)
			a.place, a.err = s.placeBy(ctx, namespace, a.holder, fqdn)
		})
	}
	var failure error
	for _, a := range attempts {
		err := a.await(late)
		if err == nil {
			return a.place, nil
		}
		failure = cmp.Or(failure, err)
	}
	return place{}, cmp.Or[error](failure, &noHolder{namespace, fqdn})
}

// noHolder says that no object leads to an Account for a name.
type noHolder struct{ namespace, fqdn string }

func (e *noHolder) Error() string {
	return fmt.Sprintf("no DNSZone or Domain that namespace %s may use has a domain that %s ends with: create one there, "+
		"set accountRef in the webhook config of the issuer, or let the Account allow the namespace in spec.allowedNamespaces", e.namespace, e.fqdn)
}

// attemptsFor gives one for each Account and namespace, however many objects there are of them.
func attemptsFor(others []holder) []*attempt {
	type through struct {
		account   types.NamespacedName
		namespace string
	}
	known := map[through]bool{}
	var attempts []*attempt
	for _, h := range others {
		key := through{h.ref.KeyFrom(h.Namespace), h.Namespace}
		if !known[key] {
			known[key] = true
			attempts = append(attempts, &attempt{holder: h, done: make(chan struct{})})
		}
	}
	return attempts
}

// await gives the outcome, or an error where there is none when it is late.
func (a *attempt) await(late context.Context) error {
	select {
	case <-a.done:
		return a.err
	case <-late.Done():
	}
	select {
	case <-a.done: // Whoever has answered by now is heard all the same.
		return a.err
	default:
		return fmt.Errorf("the Account of %s/%s: %w", a.holder.Namespace, a.holder.Name, errSlow)
	}
}
