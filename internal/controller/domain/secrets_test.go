package domain_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// Keys of transfers, of which the registry has the second.
const (
	wrongKey = "the-wrong-key"
	rightKey = "the-right-key"
)

// predecessor is who the registrar knows as the registrant until the operator says otherwise.
var predecessor = map[string]string{"person": "Petr P Petrov", "e_mail": "petr@predecessor.example", "phone": "+7 495 7654321", "descr": "kept"}

// personal are the values that nobody but REG.API may be told.
func personal() map[string]string {
	values := map[string]string{"the wrong key": wrongKey, "the right key": rightKey}
	maps.Copy(values, registrant)
	for field, value := range predecessor {
		values["the predecessor's "+field] = value
	}
	delete(values, "country") // Two letters are everywhere.
	delete(values, "the predecessor's descr")
	return values
}

// spellings are how a value may be written down.
func spellings(value string) []string {
	return []string{value, url.QueryEscape(value), strings.Trim(strconv.QuoteToASCII(value), `"`)}
}

// keepsSecrets looks for what is the registrant's own, and for keys of transfers, in everything that people read.
func (s *shop) keepsSecrets(object *v1alpha1.Domain, journal *controllertest.Buffer) {
	s.Helper()
	plan, err := s.previews()(s.Context(), object)
	if err != nil {
		s.Logf("no plan: %v", err) // Its words are looked through, too.
	}
	planned, failure := json.Marshal(plan)
	families, gathering := s.Metrics.Gather()
	if failure != nil || gathering != nil {
		s.Fatal(failure, gathering)
	}
	places := map[string]string{
		"objects": s.objects(), "logs": s.Logs.String(), "metrics": fmt.Sprint(families), "journal": journal.String(), "plan": fmt.Sprintf("%s %v", planned, err),
	}
	for place, text := range places {
		if len(text) < 100 && place != "plan" {
			s.Errorf("there are no %s: %q", place, text)
		}
		for name, value := range personal() {
			for _, spelling := range spellings(value) {
				if at := strings.Index(strings.ToLower(text), strings.ToLower(spelling)); at >= 0 {
					s.Errorf("%s is told in the %s: %s", name, place, text[max(0, at-300):min(len(text), at+100)])
					break
				}
			}
		}
	}
}

// objects are all of the namespace but the Secrets.
func (s *shop) objects() string {
	s.Helper()
	var all []any
	for _, list := range []client.ObjectList{
		&v1alpha1.AccountList{}, &v1alpha1.DomainList{}, &v1alpha1.OrderList{}, &eventsv1.EventList{}, &corev1.ConfigMapList{},
	} {
		if err := s.List(s.Context(), list, client.InNamespace(s.Namespace)); err != nil {
			s.Fatal(err)
		}
		all = append(all, list)
	}
	told, err := yaml.Marshal(all)
	if err != nil {
		s.Fatal(err)
	}
	return string(told)
}

// refusal is one in which the registrar repeats what it was told.
func refusal(kind regapitest.FaultKind, function string, told ...string) regapitest.Fault {
	return regapitest.Fault{Kind: kind, Function: function, Code: "PARAMETER_INCORRECT", ErrorParams: map[string]string{"param": strings.Join(told, "; ")}}
}

func registers(s *shop) *v1alpha1.Domain {
	s.contacts()
	return s.wanted("fresh.ru", nil)
}

func moves(s *shop) *v1alpha1.Domain {
	s.API.AddRegistryName(regapitest.RegistryName{Name: "away.ru", AuthInfo: rightKey})
	object, _ := s.moving("away.ru", wrongKey)
	return object
}

func correctsItsKey(s *shop) *v1alpha1.Domain {
	object := moves(s)
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonTransferWaits)
	key := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "key"}}
	controllertest.Change(s.Harness, key, func(c *corev1.Secret) { c.Data["authinfo"] = []byte(rightKey) })
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Acquisition.MaxPrice = "999" })
	return object
}

func isGivenAway(s *shop) *v1alpha1.Domain {
	s.contacts()
	s.API.EditContacts("due.ru", predecessor)
	return s.keeps("due.ru")
}

func isReady(s *shop, object *v1alpha1.Domain) { s.WaitReady(object) }

func isRefused(s *shop, object *v1alpha1.Domain) {
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonOrderRefused)
}

// tellings are ways in which what is the registrant's own goes to REG.API, and may come back.
var tellings = map[string]struct {
	fault   regapitest.Fault
	begins  func(*shop) *v1alpha1.Domain
	ends    func(*shop, *v1alpha1.Domain)
	through string // a function that was called
}{
	"registered":     {begins: registers, ends: isReady, through: "domain/create"},
	"not registered": {refusal(regapitest.FaultError, "domain/create", slices.Sorted(maps.Values(registrant))...), registers, isRefused, "domain/create"},
	"transferred by its second key": {
		begins: correctsItsKey, ends: isReady, through: "domain/set_new_authinfo",
	},
	"not transferred": {refusal(regapitest.FaultError, "domain/transfer", wrongKey), moves, isRefused, "domain/transfer"},
	"its second key refused": {
		refusal(regapitest.FaultError, "domain/set_new_authinfo", rightKey), correctsItsKey,
		func(s *shop, object *v1alpha1.Domain) { // As before: the key is still wrong.
			s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonTransferWaits)
		},
		"domain/set_new_authinfo",
	},
	"given to another registrant": {begins: isGivenAway, ends: isReady, through: "domain/update_contacts"},
	"not given to another registrant": {
		refusal(regapitest.FaultError, "domain/update_contacts", slices.Sorted(maps.Values(registrant))...), isGivenAway,
		func(s *shop, object *v1alpha1.Domain) {
			s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRequestRefused)
		},
		"domain/update_contacts",
	},
	"not given to another registrant, by element": {
		refusal(regapitest.FaultElementError, "domain/update_contacts", slices.Sorted(maps.Values(registrant))...), isGivenAway,
		func(s *shop, object *v1alpha1.Domain) {
			s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRequestRefused)
		},
		"domain/update_contacts",
	},
	"its registrant not to be read": {
		refusal(regapitest.FaultElementError, "service/get_details", slices.Sorted(maps.Values(predecessor))...), isGivenAway,
		func(s *shop, object *v1alpha1.Domain) {
			s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonBlocked)
		},
		"service/get_details",
	},
}

func TestWhoRegistersADomainAndByWhichKeyItMovesIsToldNowhere(t *testing.T) {
	for name, test := range tellings {
		t.Run(name, func(t *testing.T) {
			journal := &controllertest.Buffer{}
			may := *mayRegister
			may.Operations = append(slices.Clone(mayRegister.Operations), mayTransfer.Operations...)
			s := newShop(t, &may, func(o *controllertest.Options) { o.Journal = journal })
			if test.fault.Kind != "" {
				s.API.Inject(test.fault)
			}
			object := test.begins(s)
			test.ends(s, object)
			s.Eventually("the journal to tell of "+test.through, func() error {
				if !strings.Contains(journal.String(), test.through) {
					return fmt.Errorf("%d bytes", len(journal.String()))
				}
				return nil
			})
			s.keepsSecrets(object, journal)
		})
	}
}
