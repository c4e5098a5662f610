package folder_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// harness adds what only the tests of folders do.
type harness struct{ *controllertest.Harness }

// newHarness runs the test beside others: each has a namespace and a simulator of its own, and waits more than it computes.
func newHarness(t *testing.T, options controllertest.Options) *harness {
	t.Helper()
	t.Parallel()
	return &harness{controllertest.New(t, options)}
}

// addDomains gives the account so many domains, and their names.
func (h *harness) addDomains(count int) []string {
	h.Helper()
	var names []string
	for n := range count {
		name := fmt.Sprintf("domain-%04d.ru", n)
		h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: name})
		names = append(names, name)
	}
	return names
}

// named are members by their names.
func named(names ...string) []v1alpha1.FolderMember {
	var members []v1alpha1.FolderMember
	for _, name := range names {
		members = append(members, v1alpha1.FolderMember{DomainName: name})
	}
	return members
}

// labelled makes Domains of the Account main with a label team.
func (h *harness) labelled(team string, names ...string) []*v1alpha1.Domain {
	h.Helper()
	var objects []*v1alpha1.Domain
	for _, name := range names {
		object := &v1alpha1.Domain{
			ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, GenerateName: "domain-", Labels: map[string]string{"team": team}},
			Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(name)},
		}
		h.MustCreate(object)
		objects = append(objects, object)
	}
	return objects
}

// ofTeam selects the Domains with a label team.
func ofTeam(team string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"team": team}}
}

// saved is what the simulator holds of folders.
type saved struct {
	Services []struct {
		ServiceID int64  `json:"serviceID"`
		Domain    string `json:"domain"`
	} `json:"services"`
	Folders []struct {
		ID      int64   `json:"id"`
		Name    string  `json:"name"`
		Owner   string  `json:"owner"`
		Members []int64 `json:"members"`
	} `json:"folders"`
}

// inFolder names what the simulator holds in the only folder of a name of the customer; it fails where there is not one.
func (h *harness) inFolder(name string) ([]string, error) {
	h.Helper()
	return membersOf(h.API, controllertest.Login, name)
}

func membersOf(api *regapitest.Server, login, name string) ([]string, error) {
	document, err := api.Save()
	if err != nil {
		return nil, err
	}
	var world saved
	if err := json.Unmarshal(document, &world); err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, service := range world.Services {
		names[service.ServiceID] = service.Domain
	}
	found, held := 0, []string{}
	for _, folder := range world.Folders {
		if folder.Name == name && folder.Owner == login {
			found++
			for _, id := range folder.Members {
				held = append(held, names[id])
			}
		}
	}
	if found != 1 {
		return nil, fmt.Errorf("%d folders of the name %s", found, name)
	}
	slices.Sort(held)
	return held, nil
}

// holds fails unless the folder holds these and nothing else.
func (h *harness) holds(folder string, want ...string) {
	h.Helper()
	got, err := h.inFolder(folder)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		h.Errorf("folder %s holds %v (%v), want %v", folder, got, err, want)
	}
}

// gone waits until an object is.
func (h *harness) gone(object client.Object) {
	h.Helper()
	h.Eventually(object.GetName()+" to be gone", func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
			return fmt.Errorf("it is still there (%w)", err)
		}
		return nil
	})
}

// asPerson calls a function as somebody does who works beside the operator.
func (h *harness) asPerson(function string, parameters map[string]any) {
	h.Helper()
	caller, err := regapi.NewClient(regapi.WithEndpoint(h.API.URL()), regapi.WithCredentials(regapi.Password{Username: controllertest.Login, Password: controllertest.Password}))
	if err != nil {
		h.Fatal(err)
	}
	defer caller.CloseIdleConnections()
	if err := caller.Call(h.Context(), function, parameters, nil); err != nil {
		h.Fatal(err)
	}
}
