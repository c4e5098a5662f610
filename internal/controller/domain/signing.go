package domain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// remembered is how long resolvers may go on asking for signatures when the parent zone has no keys any more: registries give a DS record the
// lifetime of a delegation, which is up to four days.
const remembered = 4 * 24 * time.Hour

// signing is what is to become of the keys of a domain.
type signing struct {
	mode v1alpha1.DNSSECMode
	// keys that the parent zone is to know, with mode Keys.
	keys []zone.ParentKey
	// unsigns says that keys which stand have to go before the domain moves to other servers.
	unsigns bool
}

// sign has the parent zone know the keys that the spec asks for, and no others where it asks for none. A domain is never signed by keys that its name
// servers do not have: it would vanish for whoever checks signatures.
func (r *Reconciler) sign(ctx context.Context, s *scope) error {
	now, known := r.now(s)
	s.noteUnsigned(now, known)
	spec := s.domain.Spec.DNSSEC
	if spec == nil || spec.Mode == v1alpha1.DNSSECIgnore {
		s.while(v1alpha1.ConditionSigned, false, "", "")
		s.domain.Status.DS = nil
		return nil
	}
	if s.service.state != regapi.Active || s.facts.Signing == nil || !s.knowsServers() || !known {
		return nil // Nobody can tell how it stands.
	}
	if done := s.signingStatus(); s.before.Status.Signing == nil {
		done.RenewedKSK, done.RenewedZSK = spec.RenewKSK, spec.RenewZSK // Nobody knows what they were for.
	}
	if err := r.readKeys(ctx, s, now); err != nil {
		return err
	}
	aim, why := s.aim()
	if why != nil {
		return s.unsigned(*why)
	}
	s.aims = aim
	switch err := s.facts.Signing.Err; {
	case err != nil && aim.mode == v1alpha1.DNSSECDisabled && regapi.HasCode(err, regapi.CodeDomainDoesntSupportDNSSEC):
		return s.settled(v1alpha1.ReasonUnsigned, "the zone knows no signed domains")
	case err != nil:
		return s.unsigned(polled(v1alpha1.ReasonBlocked, "REG.API does not say whether the domain is signed: "+outcome.Message(err)))
	case s.facts.Signing.Status == regapi.DNSSECUpdating:
		return s.unsigned(waits(v1alpha1.ReasonSigning, "the registrar is changing the keys of the domain"))
	case !s.reached(aim):
		return r.changeKeys(ctx, s, aim, now)
	case aim.mode == v1alpha1.DNSSECDisabled && spec.Mode != v1alpha1.DNSSECDisabled:
		return s.unsigned(waits(v1alpha1.ReasonSigning, "the domain is signed when it has moved to the name servers of the spec"))
	case aim.mode == v1alpha1.DNSSECDisabled:
		return s.settled(v1alpha1.ReasonUnsigned, "the parent zone has no keys of the domain, as the spec asks")
	default:
		return r.renewKeys(ctx, s, now)
	}
}

// noteUnsigned remembers since when the parent zone has no keys that it had: the sweep tells, and no request is made for it.
func (s *scope) noteUnsigned(now time.Time, known bool) {
	found, before := s.facts.Signing, regapi.DNSSECStatus(s.before.Status.DNSSEC)
	if found == nil || found.Err != nil || !known {
		return
	}
	switch {
	case found.Status == regapi.DNSSECEnabled && s.domain.Status.Signing != nil:
		s.domain.Status.Signing.UnsignedSince = nil
	case found.Status == regapi.DNSSECDisabled && (before == regapi.DNSSECEnabled || before == regapi.DNSSECUpdating):
		s.signingStatus().UnsignedSince = &metav1.Time{Time: now}
	}
}

func (s *scope) signingStatus() *v1alpha1.SigningStatus {
	if s.domain.Status.Signing == nil {
		s.domain.Status.Signing = &v1alpha1.SigningStatus{}
	}
	return s.domain.Status.Signing
}

func (s *scope) knowsServers() bool {
	return s.facts.Delegation != nil && s.facts.Delegation.Err == nil
}

// readKeys reads what the parent zone knows (10.7), when that may have changed: at rest the sweep tells, by the state of the signing, that it has not.
func (r *Reconciler) readKeys(ctx context.Context, s *scope, now time.Time) error {
	before, found := s.before.Status, s.facts.Signing
	changing := before.Signing != nil && before.Signing.At != nil && now.Sub(before.Signing.At.Time) < showsWithin && !s.wasSettled()
	same := before.DNSSEC == string(found.Status) && before.ObservedGeneration == s.domain.Generation
	known := found.Err == nil // Otherwise the sweep has said what is wrong.
	if !known || (same && !changing && meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionSigned) != nil) {
		return nil
	}
	records, err := s.connection.Client.DNSSEC.GetRecords(ctx, regapi.ByName(s.name))
	if err == nil {
		err = records[0].Err
	}
	if err != nil {
		return fmt.Errorf("read which keys of the domain the parent zone knows: %w", err)
	}
	s.domain.Status.DS = nil
	for _, key := range zone.KeysAtParent(records[0].Records) {
		s.domain.Status.DS = append(s.domain.Status.DS, key.String())
	}
	const most = 16
	s.domain.Status.DS = s.domain.Status.DS[:min(len(s.domain.Status.DS), most)]
	return nil
}

// wasSettled says whether the keys were as this generation of the spec asks when they were last looked at.
func (s *scope) wasSettled() bool {
	signed := meta.FindStatusCondition(s.before.Status.Conditions, v1alpha1.ConditionSigned)
	return signed != nil && signed.ObservedGeneration == s.domain.Generation && (signed.Reason == v1alpha1.ReasonSigned || signed.Reason == v1alpha1.ReasonUnsigned)
}

// aim says what is to become of the keys now, or why that cannot be: before a domain moves to servers that sign otherwise, or do not, its keys go.
func (s *scope) aim() (aim signing, why *outcome.Outcome) {
	stop := func(reason, message string) (signing, *outcome.Outcome) {
		o := polled(reason, message)
		return signing{}, &o
	}
	spec, held := s.domain.Spec.DNSSEC, s.facts.Delegation.NSS
	wanted, err := ordering.NameServers(s.domain, s.name)
	if err != nil {
		return stop(v1alpha1.ReasonInvalidSpec, err.Error())
	}
	named, here := len(wanted) > 0, sameNames(held, ordering.Registrars)
	moves := named && !sameNames(held, wanted)
	aim.mode = spec.Mode
	switch spec.Mode {
	case v1alpha1.DNSSECEnabled:
		switch {
		case named && !sameNames(wanted, ordering.Registrars):
			return stop(v1alpha1.ReasonInvalidSpec, "spec.dnssec.mode: Enabled signs on the registrar's name servers, and spec.nameServers names others: use mode: Keys, or the registrar's servers")
		case !here && !named:
			return stop(v1alpha1.ReasonNotDelegated, "the registrar signs on its own name servers alone, and the domain uses others: name ns1.reg.ru and ns2.reg.ru in spec.nameServers, or use spec.dnssec.mode: Keys")
		}
	case v1alpha1.DNSSECKeys:
		if (named && sameNames(wanted, ordering.Registrars)) || (!named && here) {
			return stop(v1alpha1.ReasonInvalidSpec, "spec.dnssec.mode: Keys is for other name servers than the registrar's, which has keys of its own: use mode: Enabled, or name others in spec.nameServers")
		}
		for _, text := range spec.Keys {
			key, err := zone.ParseParentKey(s.name, string(text))
			if err != nil {
				return stop(v1alpha1.ReasonInvalidSpec, "spec.dnssec.keys: "+err.Error())
			}
			aim.keys = append(aim.keys, key)
		}
		if moves && !here && s.reached(aim) {
			return aim, nil // The new servers have the keys that stand.
		}
	}
	if moves {
		aim = signing{mode: v1alpha1.DNSSECDisabled}
	}
	aim.unsigns = aim.mode == v1alpha1.DNSSECDisabled && !s.reached(aim)
	return aim, nil
}

// reached says whether the parent zone knows what it is to know. Keys beside those of the spec do no harm while one of these stands.
func (s *scope) reached(aim signing) bool {
	found, standing := s.facts.Signing, s.standing()
	switch aim.mode {
	case v1alpha1.DNSSECEnabled:
		return found.Status == regapi.DNSSECEnabled
	case v1alpha1.DNSSECKeys:
		return !slices.ContainsFunc(aim.keys, func(want zone.ParentKey) bool { return !slices.ContainsFunc(standing, want.IsOf) })
	default:
		return found.Status == regapi.DNSSECDisabled && len(standing) == 0
	}
}

// standing are the keys that the parent zone knows.
func (s *scope) standing() (keys []zone.ParentKey) {
	for _, text := range s.domain.Status.DS {
		if key, err := zone.ParseParentKey(s.name, text); err == nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// changeKeys starts what brings the keys to their aim, unless that is under way, or somebody else undoes it each time.
func (r *Reconciler) changeKeys(ctx context.Context, s *scope, aim signing, now time.Time) error {
	dnssec, ref := s.connection.Client.DNSSEC, regapi.ByName(s.name)
	change := keyChange{to: aim.mode}
	switch aim.mode {
	case v1alpha1.DNSSECEnabled:
		change.what, change.call = "have the registrar sign the domain", func() ([]regapi.DomainResult, error) { return dnssec.Enable(ctx, ref) }
	case v1alpha1.DNSSECKeys:
		var records []string
		for _, key := range s.domain.Spec.DNSSEC.Keys {
			records = append(records, zone.ParentKeyRecord(s.name, string(key)))
		}
		change.what, change.call = "tell the parent zone the keys of the domain", func() ([]regapi.DomainResult, error) {
			return dnssec.AddKeys(ctx, []regapi.DNSSECKeys{{Ref: ref, Records: records}})
		}
	default:
		change.what, change.call = "have the parent zone forget the keys of the domain", func() ([]regapi.DomainResult, error) { return dnssec.Disable(ctx, ref) }
	}
	done := s.signingStatus()
	if done.Generation != s.domain.Generation || done.At == nil {
		*done = v1alpha1.SigningStatus{RenewedKSK: done.RenewedKSK, RenewedZSK: done.RenewedZSK, UnsignedSince: done.UnsignedSince}
	}
	switch {
	case done.At != nil && done.To == aim.mode && now.Sub(done.At.Time) < showsWithin:
		return s.unsigned(waits(v1alpha1.ReasonSigning, "the keys of the domain were changed at the registrar: that is still to show"))
	case done.Times >= 2*maxChanges: // A move changes them twice.
		return s.unsigned(polled(v1alpha1.ReasonContested, "somebody else changes the keys of the domain again and again: find out who, then change spec.dnssec"))
	}
	return r.startKeys(ctx, s, change, now)
}

// keyChange is a change of the keys of a domain.
type keyChange struct {
	to   v1alpha1.DNSSECMode
	what string // for people
	call func() ([]regapi.DomainResult, error)
}

// startKeys makes a change of the keys, which the registrar carries out by and by (10.3 to 10.6, 10.8), and notes that.
func (r *Reconciler) startKeys(ctx context.Context, s *scope, change keyChange, now time.Time) error {
	if why, err := r.mayChange(ctx, s, change.what); err != nil || why != nil {
		if err != nil {
			return err
		}
		return s.unsigned(*why)
	}
	results, err := change.call()
	if err == nil && results[0].Err != nil {
		o := outcome.Of(results[0].Err)
		if o.Failure != nil { // These refusals come as a text alone (10.3), which a person has to read.
			o = polled(v1alpha1.ReasonRequestRefused, "")
		}
		o.Message = "REG.API did not " + change.what + ": " + outcome.Message(results[0].Err)
		return s.unsigned(o)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", change.what, err)
	}
	done := s.signingStatus()
	done.Generation, done.At, done.To = s.domain.Generation, &metav1.Time{Time: now}, change.to
	done.Times++
	return s.unsigned(waits(v1alpha1.ReasonSigning, "the keys of the domain were changed at the registrar: that is still to show"))
}

// renewKeys has the registrar make new keys where the spec has a new word for that, one kind after the other.
func (r *Reconciler) renewKeys(ctx context.Context, s *scope, now time.Time) error {
	spec, done := s.domain.Spec.DNSSEC, s.signingStatus()
	dnssec := s.connection.Client.DNSSEC
	for _, kind := range []struct {
		word string
		done *string
		what string
		call func(context.Context, ...regapi.DomainRef) ([]regapi.DomainResult, error)
	}{
		{spec.RenewKSK, &done.RenewedKSK, "renew the key-signing key", dnssec.RenewKSK}, {spec.RenewZSK, &done.RenewedZSK, "renew the zone-signing key", dnssec.RenewZSK},
	} {
		if kind.word == "" || kind.word == *kind.done {
			continue
		}
		change := keyChange{v1alpha1.DNSSECEnabled, kind.what, func() ([]regapi.DomainResult, error) { return kind.call(ctx, regapi.ByName(s.name)) }}
		err := r.startKeys(ctx, s, change, now)
		if outcome.Of(err).Reason == v1alpha1.ReasonSigning {
			*kind.done = kind.word
		}
		return err
	}
	return s.settled(v1alpha1.ReasonSigned, "the parent zone vouches for the keys of the domain")
}

// settled shows in the condition Signed that the keys are as the spec asks.
func (s *scope) settled(reason, message string) error {
	holds := metav1.ConditionFalse
	if reason == v1alpha1.ReasonSigned {
		holds = metav1.ConditionTrue
	}
	s.show(v1alpha1.ConditionSigned, holds, reason, message)
	return nil
}

// unsigned shows in the condition Signed why the keys are not as the spec asks, and gives that back.
func (s *scope) unsigned(o outcome.Outcome) error {
	s.show(v1alpha1.ConditionSigned, metav1.ConditionFalse, o.Reason, o.Message)
	return o.Err()
}

// mayMove says why the keys of the domain keep it from moving to other servers; nil is nothing.
func (s *scope) mayMove(ctx context.Context, held, wanted []regapi.NameServer, now time.Time) (*outcome.Outcome, error) {
	stop := func(o outcome.Outcome) (*outcome.Outcome, error) { return &o, nil }
	switch done := s.domain.Status.Signing; {
	case sameNames(held, wanted), s.aims.mode == v1alpha1.DNSSECKeys && s.reached(s.aims):
		return nil, nil // The same servers with other addresses, or servers that have the keys.
	case s.aims.unsigns:
		return stop(waits(v1alpha1.ReasonSigned, "the domain moves to the name servers of the spec when the parent zone has forgotten its keys"))
	case done != nil && done.UnsignedSince != nil && now.Sub(done.UnsignedSince.Time) < remembered:
		o := waits(v1alpha1.ReasonSigned, "the parent zone has forgotten the keys of the domain, and resolvers have not: the domain moves to the name servers of the spec four days after status.signing.unsignedSince")
		return stop(o)
	}
	signed, err := s.isSigned(ctx)
	if err != nil || !signed {
		return nil, err
	}
	return stop(polled(v1alpha1.ReasonSigned, "the parent zone has keys of the domain (DS), so that with other name servers it would vanish for whoever checks signatures: "+
		"set spec.dnssec.mode to what the new servers do, or switch DNSSEC off in the registrar's panel, and wait until the parent has forgotten them"))
}

// sameNames says whether two lists name the same servers, in whatever order and with whatever addresses.
func sameNames(a, b []regapi.NameServer) bool {
	names := func(servers []regapi.NameServer) (all []string) {
		for _, server := range servers {
			all = append(all, regapi.CanonicalName(strings.TrimSuffix(server.Name, ".")))
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(names(a), names(b))
}
