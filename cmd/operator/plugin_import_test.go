package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const (
	// estateSize is how many live zones somebody has who begins.
	estateSize = 300
	spfBefore  = "v=spf1 mx -all"
	spfAfter   = "v=spf1 mx include:example.com -all"
)

// TestThreeHundredLiveZonesComeIntoGitAndAreEditedThere is what somebody does who has three hundred domains and begins: he imports, applies, asks what would
// change, and then edits a line in all of them. What counts is what name servers answer.
func TestThreeHundredLiveZonesComeIntoGitAndAreEditedThere(t *testing.T) {
	h := newHouse(t)
	h.api.AddAccount(regapitest.Account{Login: "estate", Password: "secret", UserID: 77, Partner: true})
	for n := range estateSize {
		h.api.AddDomain("estate", regapitest.Domain{Name: regapitest.HostileName(n), Records: regapitest.HostileZone(n, spfBefore)})
	}
	place := metav1.ObjectMeta{Namespace: "default", Name: "estate"}
	h.create(&corev1.Secret{ObjectMeta: place, StringData: map[string]string{"username": "estate", "password": "secret"}},
		&v1alpha1.Account{ObjectMeta: place, Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "estate"}, Endpoint: h.api.URL()}})
	h.eventually("the Account to be Ready", func() bool { return h.accountReady("estate") })

	folder := filepath.Join(t.TempDir(), "git")
	before, swept := h.reads(), h.sweeps()
	h.wants("admin", exit.Fine, fmt.Sprintf("%d files written", estateSize), "import", "zones", "--account", "estate", "-n", "default", "--policy", "Manage", "-f", folder)
	if reads := h.reads() - before; reads > 3+h.sweeps()-swept {
		t.Errorf("%d requests for the import", reads)
	}
	nothing := fmt.Sprintf("%d objects: nothing would change", estateSize)
	before = h.reads()
	h.wants("admin", exit.Fine, nothing, "plan", "-f", folder)
	if reads := h.reads() - before; reads > estateSize/10 {
		t.Errorf("%d requests for the plans", reads)
	}

	zones := h.applyFolder(folder, spfBefore)
	h.allReady(zones)
	h.wants("admin", exit.Fine, nothing, "plan", "-f", folder)
	if writes := h.writesOf("estate"); writes != 0 {
		t.Errorf("%d writes for what is as it was", writes)
	}
	h.answersEverything(spfBefore)

	all := fmt.Sprintf("%d of %d objects would change something", estateSize, estateSize)
	h.editFolder(folder)
	told := h.wants("admin", exit.Findings, all, "plan", "-f", folder)
	if added, removed := strings.Count(told, "  + @ TXT \""+spfAfter), strings.Count(told, "  - @ TXT \""+spfBefore); added != estateSize || removed != estateSize {
		t.Errorf("%d added and %d removed:\n%.2000s", added, removed, told)
	}
	h.allReady(h.applyFolder(folder, spfAfter))
	h.answersEverything(spfAfter)
	h.wants("admin", exit.Fine, nothing, "plan", "-f", folder)
}

// sweeps counts the sweeps of the estate, each of which lists its domains.
func (h *house) sweeps() int {
	return len(h.api.Journal(regapitest.OfAccount("estate"), regapitest.OfFunction("user/get_balance")))
}

// reads counts the requests that read zones of the estate, or which there are.
func (h *house) reads() int {
	return len(h.api.Journal(regapitest.OfAccount("estate"), regapitest.OfFunction("zone/get_resource_records"))) +
		len(h.api.Journal(regapitest.OfAccount("estate"), regapitest.OfFunction("service/get_list")))
}

func (h *house) writesOf(login string) int {
	return len(h.api.Journal(regapitest.OfAccount(login), regapitest.Writes()))
}

// editFolder changes the SPF in all files, as sed does.
func (h *house) editFolder(folder string) {
	h.Helper()
	for _, file := range h.filesOf(folder) {
		text, err := os.ReadFile(file)
		if err != nil {
			h.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), spfBefore, spfAfter)), 0o600); err != nil {
			h.Fatal(err)
		}
	}
}

func (h *house) filesOf(folder string) []string {
	h.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) != estateSize {
		h.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

// applyFolder applies all files, each of which has to have an SPF, and gives the objects.
func (h *house) applyFolder(folder, spf string) []*v1alpha1.DNSZone {
	h.Helper()
	var mu sync.Mutex
	var zones []*v1alpha1.DNSZone
	h.inParallel(h.filesOf(folder), func(file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		zone := &v1alpha1.DNSZone{}
		if err := yaml.UnmarshalStrict(text, zone); err != nil || !strings.Contains(string(text), spf) {
			return fmt.Errorf("%s lacks %q, or %w:\n%s", file, spf, err, text)
		}
		mu.Lock()
		zones = append(zones, zone)
		mu.Unlock()
		wanted := zone.Spec
		if err := h.Create(h.Context(), zone.DeepCopy()); err == nil {
			return nil
		}
		return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
			if err := h.Get(h.Context(), client.ObjectKeyFromObject(zone), zone); err != nil {
				return err
			}
			zone.Spec = wanted
			return h.Update(h.Context(), zone)
		})
	})
	return zones
}

func (h *house) inParallel(files []string, work func(string) error) {
	h.Helper()
	var all sync.WaitGroup
	turns := make(chan struct{}, 16)
	for _, file := range files {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			if err := work(file); err != nil {
				h.Error(err)
			}
		})
	}
	all.Wait()
	if h.Failed() {
		h.FailNow()
	}
}

// allReady waits until every object is Ready for its present spec.
func (h *house) allReady(zones []*v1alpha1.DNSZone) {
	h.Helper()
	last := ""
	h.eventually("all zones to be Ready", func() bool {
		var list v1alpha1.DNSZoneList
		if err := h.List(h.Context(), &list, client.InNamespace("default")); err != nil {
			h.Fatal(err)
		}
		ready := 0
		for i := range list.Items {
			zone := &list.Items[i]
			condition := meta.FindStatusCondition(zone.Status.Conditions, v1alpha1.ConditionReady)
			if zone.Spec.AccountRef.Name == "estate" && condition != nil && condition.Status == metav1.ConditionTrue && condition.ObservedGeneration == zone.Generation {
				ready++
			} else {
				last = fmt.Sprintf("%s: %+v", zone.Name, condition)
			}
		}
		return ready == len(zones)
	}, &last)
}

// answersEverything asks a name server for every record of every zone: no set may lack one, nor have one too many.
func (h *house) answersEverything(spf string) {
	h.Helper()
	type set struct{ name, kind string }
	for n := range estateSize {
		want := map[set]int{}
		for _, record := range regapitest.HostileZone(n, spf) {
			want[set{record.Name, record.Type}]++
		}
		for of, count := range want {
			answer := h.resolve(of.name, regapitest.HostileName(n), of.kind)
			if len(answer) != count {
				h.Errorf("%s of %s: %d %s, not %d: %v", of.name, regapitest.HostileName(n), len(answer), of.kind, count, answer)
			}
			if of.name == "@" && of.kind == "TXT" && (len(answer) != 1 || strings.Join(answer[0].(*dns.TXT).Txt, "") != spf) {
				h.Errorf("%s has not %q alone: %v", regapitest.HostileName(n), spf, answer)
			}
		}
		if h.Failed() {
			h.FailNow()
		}
	}
}

// resolve asks the registrar's name server. A delegation is in the section of the authority.
func (h *house) resolve(name, zone, kind string) (found []dns.RR) {
	h.Helper()
	ascii, err := idna.ToASCII(zone)
	if err != nil {
		h.Fatal(err)
	}
	full := dns.Fqdn(ascii)
	if name != "@" {
		full = strings.Replace(name, "*", "any", 1) + "." + full
	}
	query := new(dns.Msg).SetQuestion(full, dns.StringToType[kind])
	answer, _, err := (&dns.Client{Net: "tcp", Timeout: time.Minute}).ExchangeContext(h.Context(), query, h.api.DNSAddr())
	if err != nil {
		h.Fatal(err)
	}
	for _, record := range append(answer.Answer, answer.Ns...) {
		if record.Header().Rrtype == dns.StringToType[kind] {
			found = append(found, record)
		}
	}
	return found
}
