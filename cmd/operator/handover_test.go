package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/certmanager"
)

// leaderKills is how often the leader ends; `make release-check` has it end fifty times.
var leaderKills = flag.Int("kills", 5, "how often the leader is killed, or stopped, under load of all faces")

// endsOfAnHour is how many ends of a leader the requests of an hour are enough for: each costs about 25, those among them that a process had set
// aside when it was killed.
const endsOfAnHour = 10

// backWithin is how long any face may be away after the end of the leader, besides five times of what the same work takes in peace, up to as much again:
// its Lease expires in six seconds, and whoever asks one that hangs learns so after five.
const backWithin = 20 * time.Second

// TestKilledOrStoppedUnderLoadTheLeaderIsReplacedAndNothingIsLost ends the leader again and again while a zone's spec changes, external-dns syncs and
// a challenge is solved, all in one zone. Every second time it is stopped rather than killed, as by a machine that hangs, and goes on when another leads.
func TestKilledOrStoppedUnderLoadTheLeaderIsReplacedAndNothingIsLost(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 4))
	for first := 0; first < *leaderKills; first += endsOfAnHour {
		ends := min(endsOfAnHour, *leaderKills-first)
		t.Run(fmt.Sprintf("%d ends after %d", ends, first), func(t *testing.T) { newFaces(t).outliveLeaders(ends, random) })
	}
}

// outliveLeaders has the leader end several times, and looks at what has come of the work.
func (f *faces) outliveLeaders(ends int, random *rand.Rand) {
	f.Helper()
	var longest time.Duration
	begun := time.Now()
	f.done(f.load(0, random))
	calm := time.Since(begun)
	f.underWay.Wait()
	for n := 1; n <= ends; n++ {
		wants := f.load(n, random)
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond) // It ends at any moment of the work.
		ended, stopped := f.endLeader(n%2 == 1)
		f.done(wants)
		away := time.Since(ended)
		longest = max(longest, away)
		if away > backWithin+min(5*calm, backWithin) {
			f.Errorf("end %d: the faces were back after %s; with no end the same takes %s", n, away, calm)
		}
		f.bringBack(stopped)
		f.underWay.Wait()
	}
	f.done(f.cleanUp(ends))
	want := append(toSimulator(f.spec), foreign...)
	for name, address := range f.synced {
		want = append(want, regapitest.Record{Name: name, Type: "A", Content: address})
	}
	f.Cleanup(func() {
		if diff := cmp.Diff(counted(want), counted(f.api.Records("example.ru"))); diff != "" {
			f.Logf("what the zone should hold, and what it holds:\n%s", diff)
			for _, write := range f.api.Journal(regapitest.Writes()) {
				f.Logf("%s %s %v: %s %s", write.Time.Format(time.StampMilli), write.Function, write.Params, write.Result, write.ErrorCode)
			}
		}
	})
	f.await(f.replicas[f.leader()], "the zone to hold what all faces asked for, once each", func() bool {
		return cmp.Equal(counted(want), counted(f.api.Records("example.ru")))
	})
	requests, noted := len(f.api.Journal()), f.noted()
	if noted < requests {
		f.Errorf("%d requests were made, and the budget knows of %d", requests, noted)
	}
	f.Logf("%d ends of the leader, %d requests, of which the budget knows as %d; the faces were back after %s at most, and with no end after %s", ends, requests, noted, longest, calm)
}

// faces are two replicas, and those who ask them.
type faces struct {
	*installation
	replicas map[string]*replica
	flags    map[string][]string
	// provider and solver are where the replica of a pod serves external-dns and cert-manager.
	provider, solver map[string]string
	asker            *http.Client
	// spec is what the DNSZone declares now, and synced what external-dns has asked for.
	spec   []v1alpha1.NameRecords
	synced map[string]string
	// underWay is what was asked of a leader that has ended meanwhile.
	underWay sync.WaitGroup
}

func newFaces(t *testing.T) *faces {
	t.Helper()
	f := &faces{
		installation: installWith(t, "config/cert-manager, config/external-dns", withFrontProxy(t)), replicas: map[string]*replica{}, flags: map[string][]string{},
		provider: map[string]string{}, solver: map[string]string{}, synced: map[string]string{},
	}
	config := rest.CopyConfig(f.environment.Config)
	config.Insecure, config.CAData, config.Timeout = true, nil, 5*time.Second
	admin, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	f.asker = admin
	f.api.SetPartner("customer", true)
	zone := f.zone()
	zone.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled
	if err := f.Update(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	// What REG.API would refuse is what the budget does not know of.
	budget := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"budget":{"requestsPerHour":1200}}}`))
	if err := f.Patch(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "main"}}, budget); err != nil {
		t.Fatal(err)
	}
	for _, pod := range []string{"one", "two"} {
		f.provider[pod], f.solver[pod] = loopbackAddress(t), loopbackAddress(t)
		f.flags[pod] = []string{
			"--external-dns-bind-address", f.provider[pod], "--external-dns-tls-bind-address", loopbackAddress(t), "--cert-manager-bind-address", f.solver[pod],
			"--resync-interval", "10m", "--egress-requests-per-hour", "1200", "--leader-elect-lease-duration", "6s", "--leader-elect-renew-deadline", "4s",
		}
		f.replicas[pod] = f.startReplica(pod, f.flags[pod]...)
	}
	f.await(f.replicas["one"], "one of them to lead", func() bool { return f.leader() != "" })
	// Of a zone whose Account was never accepted external-dns is told nothing, and it would ask again a minute later.
	f.await(f.replicas["one"], "the zone to be known", f.readyNow)
	return f
}

// loopbackAddress is one that no connection takes while a replica is away: those leave from 127.0.0.1.
func loopbackAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(200), rand.IntN(256), 1+rand.IntN(250)))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// leader is the pod that the Services lead to; empty if there is none, or more than one.
func (f *faces) leader() string {
	f.Helper()
	for _, pod := range []string{"one", "two"} {
		if f.leads(pod) {
			return pod
		}
	}
	return ""
}

// load begins work at every face, and gives what has to be so when it is done. What is refused on the way is asked for again.
func (f *faces) load(n int, random *rand.Rand) map[string]func() bool {
	f.Helper()
	f.spec = randomRecords(random)
	f.specify(f.spec)
	name, address := fmt.Sprintf("ingress-%d", n%7), fmt.Sprintf("198.51.100.%d", 1+n%250)
	f.synced[name] = address
	wants := map[string]func() bool{
		"the zone to be Ready":          f.readyNow,
		"external-dns to be served":     func() bool { return f.sync(name, address) },
		"the challenge to be presented": func() bool { return f.challenge(acme.ChallengeActionPresent, n) },
	}
	if n > 0 {
		wants["the challenge before it to be cleaned up"] = func() bool { return f.challenge(acme.ChallengeActionCleanUp, n-1) }
	}
	for what, want := range wants { // Once, so that the leader ends with it under way.
		if what != "the zone to be Ready" {
			f.underWay.Go(func() { want() })
		}
	}
	return wants
}

func (f *faces) cleanUp(n int) map[string]func() bool {
	return map[string]func() bool{"the last challenge to be cleaned up": func() bool { return f.challenge(acme.ChallengeActionCleanUp, n) }}
}

// done waits until each want has come true once.
func (f *faces) done(wants map[string]func() bool) {
	f.Helper()
	for what, want := range wants {
		f.awaitBoth(what, want)
	}
}

func (f *faces) awaitBoth(what string, check func() bool) {
	f.Helper()
	f.restart()
	for deadline := time.Now().Add(patience); !check(); f.restart() {
		if time.Now().After(deadline) {
			for pod, r := range f.replicas {
				r.kill()
				f.Logf("output of %s:\n%s", pod, r.output)
			}
			f.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(100 * time.Millisecond) // A poll of real programs; no clock to turn.
	}
}

// endLeader kills the leader, or stops it as it is, and says when. One that was stopped is given by the name of its pod.
func (f *faces) endLeader(stop bool) (at time.Time, stopped string) {
	f.Helper()
	var pod string
	f.awaitBoth("somebody to lead", func() bool {
		pod = f.leader()
		return pod != "" && !isClosed(f.replicas[pod].ended) // One that was killed leaves its label behind.
	})
	if stop {
		f.replicas[pod].signal(f.T, syscall.SIGSTOP)
		return time.Now(), pod
	}
	at = time.Now()
	f.replicas[pod].kill()
	f.replicas[pod] = f.startReplica(pod, f.flags[pod]...) // As the kubelet does.
	return at, ""
}

// restart starts what has lost its Lease without our doing, since the machine stood still, as the kubelet does.
func (f *faces) restart() {
	f.Helper()
	for pod, r := range f.replicas {
		if !isClosed(r.ended) {
			continue
		}
		if !strings.Contains(r.output.String(), lostLease) {
			f.Fatalf("%s has ended by itself; its output:\n%s", pod, r.output)
		}
		f.replicas[pod] = f.startReplica(pod, f.flags[pod]...)
	}
}

// lostLease is what a process says that has to end since it leads no more.
const lostLease = "leader election lost"

// bringBack lets a stopped process go on. It has to find out that it leads no more, and end; then the kubelet starts it anew.
func (f *faces) bringBack(pod string) {
	f.Helper()
	if pod == "" {
		return
	}
	f.replicas[pod].signal(f.T, syscall.SIGCONT)
	select {
	case <-f.replicas[pod].ended:
	case <-time.After(patience):
		f.Fatal("the process that was stopped goes on")
	}
	if err := f.replicas[pod].err; err == nil || !strings.Contains(f.replicas[pod].output.String(), lostLease) {
		f.Errorf("the process that was stopped ended with %v; its output:\n%s", err, f.replicas[pod].output)
	}
	f.replicas[pod] = f.startReplica(pod, f.flags[pod]...)
}

// sync does what external-dns does: it reads what there is, and asks for what differs from what it wants.
func (f *faces) sync(name, address string) bool {
	base := "http://" + f.provider[f.leader()] + "/records"
	var listed []struct {
		DNSName string   `json:"dnsName"`
		Type    string   `json:"recordType"`
		Targets []string `json:"targets"`
	}
	if status, body := f.ask(http.MethodGet, base, nil); status != http.StatusOK || json.Unmarshal(body, &listed) != nil {
		return false
	}
	wanted := map[string]any{"dnsName": name + ".example.ru", "recordType": "A", "targets": []string{address}}
	changes := map[string]any{"create": []any{wanted}}
	for _, e := range listed {
		if e.DNSName == name+".example.ru" && e.Type == "A" {
			old := map[string]any{"dnsName": e.DNSName, "recordType": "A", "targets": e.Targets}
			changes = map[string]any{"updateOld": []any{old}, "updateNew": []any{wanted}}
			if slices.Equal(e.Targets, []string{address}) {
				return true
			}
		}
	}
	status, _ := f.ask(http.MethodPost, base, changes)
	return status == http.StatusNoContent
}

// challenge does what cert-manager does with one.
func (f *faces) challenge(action acme.ChallengeAction, n int) bool {
	url := "https://" + f.solver[f.leader()] + "/apis/" + certmanager.DefaultGroup + "/v1alpha1/" + certmanager.Name
	status, body := f.ask(http.MethodPost, url, acme.ChallengePayload{
		TypeMeta: metav1.TypeMeta{APIVersion: acme.SchemeGroupVersion.String(), Kind: "ChallengePayload"},
		Request: &acme.ChallengeRequest{
			UID: "some-uid", Action: action, Type: "dns-01", DNSName: "example.ru", Key: fmt.Sprintf("key-%d", n), ResourceNamespace: "default",
			ResolvedFQDN: "_acme-challenge.example.ru.", ResolvedZone: "example.ru.",
		},
	})
	var payload acme.ChallengePayload
	return status == http.StatusCreated && json.Unmarshal(body, &payload) == nil && payload.Response != nil && payload.Response.Success
}

// ask gives a status and a body; neither where nobody answers.
func (f *faces) ask(method, url string, body any) (int, []byte) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil
	}
	request, err := http.NewRequestWithContext(f.Context(), method, url, bytes.NewReader(text))
	if err != nil {
		return 0, nil
	}
	kind := "application/json"
	if strings.HasSuffix(url, "/records") {
		kind = "application/external.dns.webhook+json;version=1"
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", kind)
	response, err := f.asker.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		return 0, nil
	}
	return response.StatusCode, answer.Bytes()
}

// noted is how many requests the login's budget knows of, those that a process had set aside when it ended among them.
func (f *faces) noted() int {
	f.Helper()
	var ledgers corev1.ConfigMapList
	if err := f.List(f.Context(), &ledgers, client.InNamespace(f.namespace)); err != nil {
		f.Fatal(err)
	}
	known := 0
	for i := range ledgers.Items {
		var book struct {
			Spent    []int
			Reserved []struct{ Requests int }
		}
		name := ledgers.Items[i].Name
		if !strings.HasPrefix(name, "regapi-budget-") || json.Unmarshal([]byte(ledgers.Items[i].Data["ledger"]), &book) != nil {
			continue
		}
		sum := 0
		for _, n := range book.Spent {
			sum += n
		}
		for _, r := range book.Reserved {
			sum += r.Requests
		}
		known = max(known, sum) // That of the egress, by which every request goes.
	}
	return known
}
