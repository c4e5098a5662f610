package domain

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/contacts"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// aspects are what is read of the domain for its object.
func (s *scope) aspects() inventory.Aspect {
	if s.domain.Spec.ShowsRegistrant() {
		return aspects | inventory.Registrant
	}
	return aspects
}

// registrantStanding is what REG.API knows of the registrant; nil while nobody can tell how it stands.
func (s *scope) registrantStanding() (standing *regapi.Registrant, err error) {
	held := s.facts.Registrant
	if held == nil || (s.service.state != regapi.Active && s.service.state != regapi.Suspended) {
		return nil, nil
	}
	if held.Err != nil {
		return nil, polled(v1alpha1.ReasonBlocked, "REG.API does not say who the domain is registered to: "+outcome.Message(held.Err)).Err()
	}
	return held, nil
}

// showPrivacy shows whether WHOIS hides the registrant's data, as REG.API says; where it does not say, what was set last stays.
func (s *scope) showPrivacy() {
	shown := &s.domain.Status
	switch held := s.facts.Registrant; {
	case !s.domain.Spec.ShowsRegistrant():
		shown.Privacy = ""
	case held != nil && held.Err == nil && held.Hidden != nil && *held.Hidden:
		shown.Privacy = v1alpha1.PrivacyEnabled
	case held != nil && held.Err == nil && held.Hidden != nil:
		shown.Privacy = v1alpha1.PrivacyDisabled
	}
}

// hide has WHOIS hide the registrant's data, or show them, where the spec says which (8.16). Zones that do not tell how that stands are told once.
func (r *Reconciler) hide(ctx context.Context, s *scope) error {
	s.showPrivacy()
	wanted := s.domain.Spec.Privacy
	if wanted == "" {
		s.domain.Status.PrivacyChange = nil
		return nil
	}
	held, err := s.registrantStanding()
	if err != nil || held == nil || s.domain.Status.Privacy == wanted {
		return err
	}
	now, known := r.now(s)
	change := s.domain.Status.PrivacyChange
	if change != nil && (change.Generation != s.domain.Generation || change.To != wanted) {
		change = nil
	}
	switch {
	case !known, change != nil && now.Sub(change.At.Time) < showsWithin:
		return updating("whether the registrant's data are hidden was changed at the registrar").Err()
	case change != nil && change.Times >= maxChanges:
		return polled(v1alpha1.ReasonContested, "somebody else changes again and again whether the registrant's data are hidden: find out who, then change spec.privacy").Err()
	}
	what := "have WHOIS show the registrant's data"
	if wanted == v1alpha1.PrivacyEnabled {
		what = "have WHOIS hide the registrant's data"
	}
	if why, err := r.mayChange(ctx, s, what); err != nil || why != nil {
		return or(why, err)
	}
	err = s.connection.Together(ctx, what, s.name, func(ctx context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
		return s.connection.Client.Domain.UpdatePrivatePersonFlag(ctx, wanted == v1alpha1.PrivacyEnabled, refs...)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	made := &v1alpha1.PrivacyChange{Generation: s.domain.Generation, At: metav1.Time{Time: now}, To: wanted, Times: 1}
	if change != nil {
		made.Times = change.Times + 1
	}
	s.domain.Status.PrivacyChange = made
	if held.Hidden == nil {
		s.domain.Status.Privacy = wanted // REG.API took it, and will not say it again.
		return nil
	}
	return updating("whether the registrant's data are hidden was changed at the registrar").Err()
}

// contactsPoll is how often the Secret with the contacts is looked at.
const contactsPoll = 15 * time.Minute

// keepContacts has the registrar know the contacts of the Secret, where the spec says so (8.15). It agrees to no price. The values of fields reach no
// message.
func (r *Reconciler) keepContacts(ctx context.Context, s *scope) error {
	if s.domain.Spec.ContactsPolicy != v1alpha1.ContactsUpdate {
		s.domain.Status.ContactsChange = nil
		return nil
	}
	standing, err := s.registrantStanding()
	if err != nil || standing == nil {
		return err
	}
	if s.preview != nil { // Whoever may ask for a plan may not read every Secret.
		s.preview.answer.Later = append(s.preview.answer.Later, "the contacts of the Secret are compared with the registrar's, which no plan does")
		return nil
	}
	s.wakeIn(pause.Jittered(contactsPoll))
	if !contacts.Knows(s.name) {
		return polled(v1alpha1.ReasonContactsInvalid, "the contacts of this zone are not known here: set spec.contactsPolicy: Ignore, and change them in the registrar's panel").Err()
	}
	if r.Desk == nil {
		return polled(v1alpha1.ReasonBlocked, "this operator reads no contacts: it does not know its namespace").Err()
	}
	wanted, version, lacks, err := r.Desk.Contacts(ctx, s.domain, s.name)
	if err != nil {
		return err
	}
	if joined := contacts.Joined(s.name, wanted); lacks == "" && len(joined) > 0 {
		lacks = fmt.Sprintf("the Secret %s of spec.acquisition.contactsRef holds %s: contactsPolicy: Update needs the fields apart, such as person_r_surname, p_addr_city or passport_number",
			s.domain.Spec.Acquisition.ContactsRef.Name, strings.Join(joined, ", "))
	}
	if lacks != "" {
		return polled(v1alpha1.ReasonContactsInvalid, lacks).Err()
	}
	differ := differences(wanted, standing.Contacts)
	if len(differ) == 0 {
		return nil
	}
	return r.updateContacts(ctx, s, contactsUpdate{wanted, version, differ})
}

// contactsUpdate is a change of contacts, with the version of the Secret that asks for it and the names of the fields that differ.
type contactsUpdate struct {
	contacts regapi.Contacts
	version  string
	differ   []string
}

// differences names the fields in which the contacts that are wanted differ from those that stand.
func differences(wanted, standing regapi.Contacts) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if wanted[name] != strings.TrimSpace(standing[name]) {
			names = append(names, name)
		}
	}
	return names
}

// updateContacts sends the contacts, unless that is still to show, or somebody else undoes it each time.
func (r *Reconciler) updateContacts(ctx context.Context, s *scope, update contactsUpdate) error {
	fields := strings.Join(update.differ, ", ")
	now, known := r.now(s)
	change := s.domain.Status.ContactsChange
	if change != nil && change.SecretVersion != update.version {
		change = nil
	}
	switch {
	case !known, change != nil && now.Sub(change.At.Time) < showsWithin:
		return updating("the contacts (" + fields + ") were changed at the registrar").Err()
	case change != nil && change.Times >= maxChanges:
		return polled(v1alpha1.ReasonContested, "the registrar does not keep the contacts of the Secret ("+fields+"), or somebody else changes them again and again: "+
			"write them as its panel shows them, or set spec.contactsPolicy: Ignore").Err()
	}
	what, locks := "change the contacts ("+fields+")", contacts.Locks(s.name, update.differ)
	if locks {
		what += ", after which the domain cannot be transferred for 60 days"
	}
	if why, err := r.mayChange(ctx, s, what); err != nil || why != nil {
		return or(why, err)
	}
	if err := only(s.connection.Client.Domain.UpdateContacts(ctx, regapi.ContactsUpdate{Contacts: update.contacts}, regapi.ByName(s.name))); err != nil {
		if regapi.HasCode(err, regapi.CodeParameterMissing) {
			return polled(v1alpha1.ReasonRequestRefused, "REG.API misses something of the contacts, as it does where the zone takes money for a change: change them in the registrar's panel").Err()
		}
		return fmt.Errorf("change the contacts: %w", err)
	}
	made := &v1alpha1.ContactsChange{SecretVersion: update.version, At: metav1.Time{Time: now}, Times: 1}
	if change != nil {
		made.Times = change.Times + 1
	}
	s.domain.Status.ContactsChange = made
	if locks {
		r.Events.Eventf(s.domain, nil, corev1.EventTypeWarning, "TransferLocked", "Update", "%s",
			"The registrant was changed ("+fields+"): the domain cannot be transferred for 60 days")
	}
	return updating("the contacts (" + fields + ") were changed at the registrar").Err()
}

// updating is the outcome of what was changed of the registrant.
func updating(what string) outcome.Outcome {
	return waits(v1alpha1.ReasonRegistrantUpdating, what+": that is still to show")
}

// or gives the error, or the outcome that keeps something from being done.
func or(why *outcome.Outcome, err error) error {
	if err != nil {
		return err
	}
	return why.Err()
}
