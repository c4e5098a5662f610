package plugin

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// today is when the tests happen.
var today = time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)

// desk is somebody at a terminal, or a script, with a cluster of some objects.
type desk struct {
	t    *testing.T
	kube client.Client
	// width and interactive are those of a terminal; answers is what is typed.
	width int
	// server is the address of the API server for what does not go by the client in memory.
	server      string
	interactive bool
	answers     string
}

func newDesk(t *testing.T, objects ...client.Object) *desk {
	t.Helper()
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, server: "https://127.0.0.1:1", kube: fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()}
}

// run calls the plugin, and gives its answer with what it complained of below.
func (d *desk) run(want exit.Code, args ...string) string {
	d.t.Helper()
	var out, complaints bytes.Buffer
	s := newSession(Streams{
		In: strings.NewReader(d.answers), Out: &out, Err: &complaints, Width: d.width, Interactive: d.interactive,
		Now: func() time.Time { return today },
	})
	s.connect = func() (client.Client, error) { return d.kube, nil }
	d.t.Setenv("KUBECONFIG", kubeconfig(d.t, d.server))
	if got := exit.Code(run(d.t.Context(), args, s)); got != want {
		d.t.Errorf("%v ends with %d, not %d:\n%s%s", args, got, want, &out, &complaints)
	}
	return out.String() + complaints.String()
}

// kubeconfig writes one for a cluster at an address, and gives the file's name.
func kubeconfig(t *testing.T, server string) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.Clusters["here"] = &clientcmdapi.Cluster{Server: server}
	config.Contexts["here"] = &clientcmdapi.Context{Cluster: "here", Namespace: "team"}
	config.CurrentContext = "here"
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

// golden holds an answer against its file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// annotation reads an annotation back from the cluster.
func (d *desk) annotation(o client.Object, key string) string {
	d.t.Helper()
	if err := d.kube.Get(d.t.Context(), client.ObjectKeyFromObject(o), o); err != nil {
		d.t.Fatal(err)
	}
	return o.GetAnnotations()[key]
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "team", Name: name, Generation: 1, UID: types.UID("uid-" + name)}
}

func condition(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: 1, LastTransitionTime: metav1.NewTime(today)}
}

func ready() []metav1.Condition {
	return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "the zone holds every record of the spec")}
}

func accepted() []metav1.Condition {
	return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "REG.API accepts the credentials")}
}

func stalled(reason, message string) []metav1.Condition {
	return []metav1.Condition{
		condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, message),
		condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, message),
	}
}

func account() *v1alpha1.Account {
	return &v1alpha1.Account{
		ObjectMeta: named("main"), Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "regru"}},
		Status: v1alpha1.AccountStatus{ID: "abc", UserID: "7", Conditions: accepted(), Budget: v1alpha1.BudgetStatus{RequestsPerHour: 1080, Left: 972}},
	}
}

func zoneOf(name string, conditions []metav1.Condition) *v1alpha1.DNSZone {
	return &v1alpha1.DNSZone{
		ObjectMeta: named(name), Spec: v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(strings.ReplaceAll(name, "-", "."))},
		Status: v1alpha1.DNSZoneStatus{Conditions: conditions},
	}
}

// guarded is a zone whose plan waits for approval.
func guarded() *v1alpha1.DNSZone {
	zone := zoneOf("shop-ru", stalled(v1alpha1.ReasonPlanNeedsApproval, "the plan has to be approved, since it would remove 4 of 10 records: look at status.plan"))
	zone.Status.Plan = &v1alpha1.ZonePlan{Hash: "5d3f0a91c2be", Add: 1, Remove: 4, Changes: []string{"+ www A 192.0.2.2", "- www A 192.0.2.1", "- a A 192.0.2.1", "- b A 192.0.2.1"}}
	return zone
}
