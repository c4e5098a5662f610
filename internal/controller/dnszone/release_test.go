package dnszone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
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
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(object)
	if err := h.Delete(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}); err != nil {
		t.Fatal(err)
	}
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.Eventually("the deletion to say why it waits", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); !strings.Contains(ready.Message, "not removed yet") {
			return fmt.Errorf("message %q", ready.Message)
		}
		return nil
	})
}

func TestADeletionLetsGoWhenWhatItNeedsStaysAway(t *testing.T) {
	h := newHarness(t, controllertest.Options{ReleaseGrace: time.Second})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(object)
	if err := h.Delete(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}); err != nil {
		t.Fatal(err)
	}
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.Eventually("the object to go", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %w", err)
		}
		return nil
	})
	h.Eventually("the event that says what stays", func() error {
		var recorded eventsv1.EventList
		if err := h.List(t.Context(), &recorded, client.InNamespace(h.Namespace)); err != nil {
			return err
		}
		for _, event := range recorded.Items {
			if event.Reason == "RecordsLeftBehind" && strings.Contains(event.Note, "example.ru") {
				return nil
			}
		}
		return fmt.Errorf("%d events, none of them", len(recorded.Items))
	})
	if held := h.API.Records("example.ru"); len(held) != 1 {
		t.Errorf("records %v", held)
	}
}
