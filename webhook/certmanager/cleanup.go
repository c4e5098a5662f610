package certmanager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/certmanager/internal/presented"
)

// cert-manager keeps a Challenge, and with it its namespace, until CleanUp succeeds, and calls it for what was never presented, too. So it
// fails only as long as something can be done, and not for ever.

// maxRation is how long CleanUp waits for what passes by itself: requests that are rationed.
const maxRation = 24 * time.Hour

// errNothingPresented says that nothing is known of a presentation, and that nothing can have been written.
var errNothingPresented = errors.New("nothing that this operator knows of was presented")

// cleanUp removes the record of a challenge, and lets go of one that cannot be removed.
func (s *Solver) cleanUp(ctx context.Context, request asked) error {
	fqdn, err := zone.CanonicalDomain(request.ResolvedFQDN)
	if err != nil || request.Key == "" {
		log.FromContext(ctx).V(1).Info("Nothing to clean up: no such challenge can have been presented")
		return nil //nolint:nilerr // Nothing is wrong that CleanUp could be told of.
	}
	c := presented.Challenge{Namespace: request.ResourceNamespace, FQDN: fqdn, Key: request.Key}
	where, known, err := s.memory.Find(ctx, c)
	if err != nil {
		return err
	}
	if known {
		err = s.removeWhereItWas(ctx, request.number, c, where)
	} else {
		err = s.removeWhereItMayBe(ctx, request, c)
	}
	switch {
	case err == nil, regapi.IsNotFound(err): // What is no longer the account's is somebody else's to keep in order.
	case errors.Is(err, errNothingPresented):
		log.FromContext(ctx).Info("Let go of a challenge of which nothing is known", "reason", err.Error())
	case !isUnserved(err) && s.graces.lasts(c, err):
		return err
	default:
		s.tellLeft(ctx, c, where, err)
	}
	s.graces.forget(c)
	return s.memory.Remove(ctx, c)
}

// isUnserved says whether nobody resolves the zone where the record was written, so that it does no harm.
func isUnserved(err error) bool { return regapi.HasCode(err, regapi.CodeDomainIsNotUseRegruNSS) }

// removeWhereItWas goes by what was remembered, whatever has become of the Issuer, of its right to the Account, and of the objects.
func (s *Solver) removeWhereItWas(ctx context.Context, number uint64, c presented.Challenge, where presented.Place) error {
	ref := v1alpha1.AccountReference{Name: where.Account.Name}
	connection, err := s.settings.Directory.ResolveForRelease(ctx, s.settings.Reader, where.Account.Namespace, ref, where.Domain)
	if err != nil {
		return err
	}
	of, err := tenancy.NewView(s.settings.Reader).Account(ctx, where.Account)
	switch {
	case err != nil:
		return err
	case of == nil:
		return fmt.Errorf("the Account %s has just gone", where.Account)
	}
	return s.remove(ctx, place{connection: connection, account: where.Account, login: tenancy.Login(of), domain: where.Domain}, c, number)
}

// removeWhereItMayBe goes by what the request says, as Present does: a version before remembered nothing, and nobody does for longer than a day.
// What keeps Present from writing anything is as good as a removal.
func (s *Solver) removeWhereItMayBe(ctx context.Context, request asked, c presented.Challenge) error {
	config, err := parseConfig(request.Config)
	if err != nil {
		return errors.Join(errNothingPresented, err)
	}
	found, err := s.locate(ctx, c.Namespace, config.AccountRef, c.FQDN)
	if unavailable, ok := errors.AsType[*account.Unavailable](err); ok && unavailable.Passing {
		return err
	}
	_, nowhere := errors.AsType[*noHolder](err)
	if err != nil && (nowhere || mayTryOthers(err)) && !regapi.IsDenied(err) {
		return errors.Join(errNothingPresented, err)
	}
	if err != nil {
		return err
	}
	return s.remove(ctx, found, c, request.number)
}

func (s *Solver) remove(ctx context.Context, found place, c presented.Challenge, number uint64) error {
	record := zone.Record{Name: zone.Relative(c.FQDN, found.domain), Type: zone.TXT, Content: c.Key}
	return s.carryOut(ctx, number, found, zone.Change{Operation: zone.Remove, Record: record})
}

// tellLeft makes known what is left in a zone: in the log, and by an event of the challenge's namespace in the namespace default, since one that is
// being deleted takes none. Where nothing is known of a presentation, it is said as what it is, a possibility.
func (s *Solver) tellLeft(ctx context.Context, c presented.Challenge, where presented.Place, why error) {
	s.metrics.left.Inc()
	log.FromContext(ctx).Error(why, "A challenge is gone, and its TXT record may be left: remove it by hand", "domain", where.Domain)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: c.Namespace}}
	s.settings.Events.Eventf(namespace, nil, corev1.EventTypeWarning, "ChallengeLeftBehind", "CleanUp",
		"A challenge of namespace %s is gone, and its TXT record at %s may be left in zone %s, remove it by hand: %s",
		c.Namespace, c.FQDN, cmp.Or(where.Domain, "of that name"), why)
}

// graces know for how long challenges could not be cleaned up. A process begins anew.
type graces struct {
	mu      sync.Mutex
	since   map[presented.Challenge]time.Time
	lasting time.Duration
}

// lasts says whether a failure is still waited for.
func (g *graces) lasts(c presented.Challenge, failure error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.since == nil || len(g.since) >= maxRemembered {
		g.since = map[presented.Challenge]time.Time{}
	}
	began, known := g.since[c]
	if !known {
		began = time.Now()
		g.since[c] = began
	}
	if regapi.IsThrottled(failure) || regapi.IsBusy(failure) || errors.Is(failure, context.DeadlineExceeded) {
		return time.Since(began) < maxRation
	}
	return time.Since(began) < g.lasting
}

func (g *graces) forget(c presented.Challenge) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.since, c)
}
