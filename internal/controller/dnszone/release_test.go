package dnszone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestDeletionFollowsItsPolicy(t *testing.T) {
	foreign := regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.99"}
	stranger := regapitest.Record{Name: "stranger", Type: "A", Content: "192.0.2.98"}
	own := regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"}
	for policy, want := range map[v1alpha1.DeletionPolicy][]regapitest.Record{
		v1alpha1.DeletionRetain: {foreign, stranger, own},
		v1alpha1.DeletionDelete: {stranger},
	} {
		t.Run(string(policy), func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			h.API.AddRecord("example.ru", foreign)
			h.API.AddRecord("example.ru", stranger)
			object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: []v1alpha1.NameRecords{
				controllertest.WWW("192.0.2.1"), {Name: "legacy", A: []v1alpha1.IPv4Address{"192.0.2.99"}},
			}})
			h.WaitReady(object)
			if err := h.Delete(t.Context(), object); err != nil {
				t.Fatal(err)
			}
			h.Eventually("the object to go", func() error {
				if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
					return fmt.Errorf("still there: %w", err)
				}
				return nil
			})
			if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADeletionThatCannotReachTheZoneSaysWhy(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true, ReleaseGrace: 5 * time.Second})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.deleteAll(f.account)
	if err := h.Delete(t.Context(), f.zone); err != nil {
		t.Fatal(err)
	}
	h.Eventually("the deletion to say why it waits", func() error {
		stalled := h.waitCondition(f.zone, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccountNotFound)
		if !strings.Contains(stalled.Message, "not removed yet") {
			return fmt.Errorf("message %q", stalled.Message)
		}
		return nil
	})
	h.waitGone(f.zone)
	h.checkLeftBehind(f.zone, 1, "Account main does not exist")
	if !slices.ContainsFunc(h.events(h.Namespace), func(event eventsv1.Event) bool { return event.Reason == "RecordsLeftBehind" }) {
		t.Error("whoever reads the object's own namespace alone is not told")
	}
}
