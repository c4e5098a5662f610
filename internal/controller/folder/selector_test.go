package folder_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// each does something with every object, a few at a time.
func each[O any](objects []O, do func(O)) {
	var working sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, object := range objects {
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			do(object)
		})
	}
	working.Wait()
}

// relabel gives a Domain another label team.
func (h *harness) relabel(domain *v1alpha1.Domain, team string) {
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"metadata":{"labels":{"team":%q}}}`, team))
	if err := h.Patch(h.Context(), domain, patch); err != nil {
		h.Error(err)
	}
}

func (h *harness) awaitMembers(object *v1alpha1.Folder, members int32) {
	h.Helper()
	h.Eventually(fmt.Sprintf("%s to have %d members", object.Name, members), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if status := object.Status; status.Members != members || status.Missing != 0 || status.Services != members {
			return fmt.Errorf("%d members, %d missing, %d services", status.Members, status.Missing, status.Services)
		}
		return nil
	})
}

// awaitKnown waits until the controllers know so many Domains, and those what they are at the registrar: each that becomes known later is work of its own.
func (h *harness) awaitKnown(size int) {
	h.Helper()
	h.Eventually("the Domains to be known", func() error {
		var list v1alpha1.DomainList
		if err := h.Manager.GetClient().List(h.Context(), &list, client.InNamespace(h.Namespace), client.UnsafeDisableDeepCopy); err != nil {
			return err
		}
		known := 0
		for i := range list.Items {
			if list.Items[i].Status.ServiceID != "" {
				known++
			}
		}
		if known != size {
			return fmt.Errorf("%d of %d", known, size)
		}
		return nil
	})
}

// burstsOf does something with every object, and says how often the controller may take that for the end of it: it waits two seconds for more, and a
// minute at most. That is once, unless the machine stands still in between.
func burstsOf[O any](objects []O, do func(O)) int {
	const linger, most = 2 * time.Second, time.Minute
	var mu sync.Mutex
	first := time.Now()
	last, bursts := first, 1
	each(objects, func(object O) {
		do(object)
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) > linger/2 { // The controller hears of it later than the test.
			bursts++
		}
		last = time.Now()
	})
	return bursts + int(last.Sub(first)/most)
}

func TestAFolderOfThreeThousandIsMadeAndFiveHundredMoveWithAFewRequests(t *testing.T) {
	const size, moving = 3000, 500
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(size)
	var domains []*v1alpha1.Domain
	var mu sync.Mutex
	each(names, func(name string) {
		made := h.labelled("one", name)
		mu.Lock()
		defer mu.Unlock()
		domains = append(domains, made...)
	})
	h.awaitKnown(size)
	one := h.CreateFolder("one", v1alpha1.FolderSpec{Selector: ofTeam("one")})
	h.awaitMembers(one, size)
	if writes, reads := len(h.API.Journal(regapitest.OfFunction("folder/*"), regapitest.Writes())), h.API.Calls("folder/nop")+h.API.Calls("folder/get_services"); writes > 4 || reads > 5 {
		t.Errorf("%d writing requests, want 3 and the making of the folder; %d reading ones, want 5 at most", writes, reads)
	}
	two := h.CreateFolder("two", v1alpha1.FolderSpec{Selector: ofTeam("two")})
	h.WaitReady(two)
	h.API.ResetJournal()
	bursts := burstsOf(domains[:moving], func(domain *v1alpha1.Domain) { h.relabel(domain, "two") })
	h.awaitMembers(one, size-moving)
	h.awaitMembers(two, moving)
	adds, removes, moves := h.API.Calls("folder/add_services"), h.API.Calls("folder/remove_services"), h.API.Calls("folder/move_services")
	if adds > bursts || removes+moves > bursts {
		t.Errorf("%d requests to add, %d to remove and %d to move in %d bursts", adds, removes, moves, bursts)
	}
	if reads := h.API.Calls("folder/nop") + h.API.Calls("folder/get_services"); reads > 3+bursts {
		t.Errorf("%d reading requests in %d bursts", reads, bursts)
	}
}

func TestAMemberFollowsItsLabel(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(3)
	domains := h.labelled("one", names...)
	one := h.CreateFolder("one", v1alpha1.FolderSpec{Selector: ofTeam("one")})
	two := h.CreateFolder("two", v1alpha1.FolderSpec{Selector: ofTeam("two"), Members: named(names[0])})
	h.awaitMembers(one, 3)
	h.awaitMembers(two, 1)
	h.relabel(domains[2], "two")
	h.awaitMembers(one, 2)
	h.awaitMembers(two, 2)
	h.holds("two", names[0], names[2])
	h.MustDelete(domains[1])
	h.awaitMembers(one, 1)
	h.holds("one", names[0])
}
