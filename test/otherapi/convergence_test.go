package otherapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/test/otherapi"
)

const (
	// patience is how long a phase may take; its faults end long before.
	patience = 3 * time.Minute
	// quiet is how long nothing may be written once all is as it should be: two sweeps and more.
	quiet = 2*sweep + time.Second
)

// TestApplyChangeAndDeletionConvergeWithEveryHabit takes a zone through its life at each of the combinations, side by side.
func TestApplyChangeAndDeletionConvergeWithEveryHabit(t *testing.T) {
	w := newWorld(t)
	for _, c := range combinations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			newLife(t, w, c).run()
		})
	}
	t.Run("a refusal for the rate is obeyed", func(t *testing.T) {
		t.Parallel()
		newLife(t, w, combination{number: 99}).refuseForRate()
	})
}

// life of a zone at one instance.
type life struct {
	*testing.T
	*world
	combination
	api    *otherapi.Server
	phase  string
	began  int // requests before the phase
	before int // requests before the phase before
}

func newLife(t *testing.T, w *world, c combination) *life {
	t.Helper()
	login := otherapi.Account{Login: "login-" + c.namespace(), Password: "secret", UserID: 1000 + c.number, Partner: c.partner}
	l := &life{T: t, world: w, combination: c, api: otherapi.New(login, c.habits)}
	l.api.AddDomain(fmt.Sprintf("other-%02d.ru", c.number), foreign...)
	l.api.AddDomain(c.domain(), foreign...)
	l.api.ReadLate(c.trouble.late)
	l.begin("apply", phaseApply)
	l.create(serve(t, l.api), login)
	return l
}

// run applies, changes and deletes.
func (l *life) run() {
	if !l.settles(l.applied()) {
		return
	}
	l.begin("change", phaseChange)
	l.specify(changed())
	if !l.settles(changed()) {
		return
	}
	l.staysQuiet()
	l.begin("delete", phaseDelete)
	if err := l.Delete(l.Context(), l.zone()); err != nil {
		l.Fatal(err)
	}
	l.leavesNothing()
	if diff := cmp.Diff(untouched(), l.api.Records(fmt.Sprintf("other-%02d.ru", l.number))); diff != "" {
		l.Errorf("a zone without an object was changed (-want +got):\n%s", diff)
	}
}

func (l *life) begin(phase string, number int) {
	l.api.Arm(l.seed(number), l.trouble.faults)
	l.phase, l.began, l.before = phase, len(l.api.Journal()), l.began
}

func (l *life) create(endpoint string, login otherapi.Account) {
	l.Helper()
	place := metav1.ObjectMeta{Namespace: l.namespace(), Name: "main"}
	first := l.applied()
	for _, object := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: l.namespace()}},
		&corev1.Secret{ObjectMeta: place, StringData: map[string]string{"username": login.Login, "password": login.Password}},
		&v1alpha1.Account{ObjectMeta: place, Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: endpoint}},
		&v1alpha1.DNSZone{ObjectMeta: place, Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(l.domain()),
			SOA: first.soa(), Records: first.records, DeletionPolicy: v1alpha1.DeletionDelete,
			DeletionGuard: &v1alpha1.DeletionGuard{MaxPercent: new(int32(100))}, // Nobody is there to approve a plan.
		}},
	} {
		if err := l.Create(l.Context(), object); err != nil {
			l.Fatalf("create a %T: %v", object, err)
		}
	}
}

func (l *life) specify(g goal) {
	l.Helper()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		zone := l.zone()
		zone.Spec.Records, zone.Spec.SOA = g.records, g.soa()
		return l.Update(l.Context(), zone)
	}); err != nil {
		l.Fatal(err)
	}
}

func (l *life) zone() *v1alpha1.DNSZone {
	l.Helper()
	var zone v1alpha1.DNSZone
	if err := l.Get(l.Context(), client.ObjectKey{Namespace: l.namespace(), Name: "main"}, &zone); err != nil {
		l.Fatal(err)
	}
	return &zone
}

// within says whether something comes true before the patience ends.
func (l *life) within(come func() bool) bool {
	end := time.After(patience)
	for !come() {
		select {
		case <-end:
			return false
		case <-l.Context().Done():
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	return true
}

// settles waits until the zone holds what it should and nothing else, and the object says so.
func (l *life) settles(g goal) bool {
	l.Helper()
	began := time.Now()
	want := g.want()
	reached := l.within(func() bool {
		ttl, minimum := l.api.Lifetimes(l.domain())
		return slices.Equal(want, l.held()) && ttl == g.ttl && minimum == g.min && l.ready()
	})
	if reached {
		twice := len(l.api.Records(l.domain())) - len(want)
		l.Logf("%s: %.1f s, %d requests, %d records twice", l.phase, time.Since(began).Seconds(), len(l.api.Journal())-l.began, twice)
		return true
	}
	ttl, minimum := l.api.Lifetimes(l.domain())
	l.Errorf("%s does not converge within %s. The zone (-want +got):\n%sTTL %d (want %d), minimum %d (want %d)\n%s",
		l.phase, patience, cmp.Diff(want, l.held()), ttl, g.ttl, minimum, g.min, l.evidence())
	return false
}

// held gives what the zone holds. A record that stands twice counts twice, but for where that cannot be helped: what was added, does not
// show yet, and may be a lie, has to be added again, and there it stands twice. DNS shows it once.
func (l *life) held() []string {
	records := l.api.Records(l.domain())
	if l.habits.Duplicate == otherapi.DuplicateKept && l.trouble.late > 0 {
		return slices.Compact(records)
	}
	return records
}

func (l *life) ready() bool {
	zone := l.zone()
	ready := meta.FindStatusCondition(zone.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == zone.Generation
}

// staysQuiet waits a while, in which nothing is to be written.
func (l *life) staysQuiet() {
	l.Helper()
	before := len(l.api.Journal())
	select {
	case <-time.After(quiet):
	case <-l.Context().Done():
	}
	for _, entry := range l.api.Journal()[before:] {
		if entry.Writing() {
			l.Errorf("written although the zone is as specified and the object Ready:\n%s", entry)
		}
	}
}

// leavesNothing waits until the object is gone, and then looks at what is left.
func (l *life) leavesNothing() {
	l.Helper()
	began := time.Now()
	gone := l.within(func() bool {
		err := l.Get(l.Context(), client.ObjectKey{Namespace: l.namespace(), Name: "main"}, &v1alpha1.DNSZone{})
		return apierrors.IsNotFound(err)
	})
	diff := cmp.Diff(untouched(), l.api.Records(l.domain()))
	switch {
	case !gone:
		l.Errorf("the object is not gone within %s of its deletion. The zone (-want +got):\n%s\n%s", patience, diff, l.evidence())
	case diff != "":
		l.Errorf("the object is gone after %.1f s, and the zone (-want +got):\n%s\n%s", time.Since(began).Seconds(), diff, l.evidence())
	default:
		l.Logf("%s: %.1f s, %d requests", l.phase, time.Since(began).Seconds(), len(l.api.Journal())-l.began)
	}
}

// evidence gives the habits, what the object says, what was asked, and the end of the operator's log, each line cut.
func (l *life) evidence() string {
	lines := []string{fmt.Sprintf("habits: %+v", l.habits)}
	var zone v1alpha1.DNSZone
	if err := l.Get(l.Context(), client.ObjectKey{Namespace: l.namespace(), Name: "main"}, &zone); err == nil {
		for _, condition := range zone.Status.Conditions {
			lines = append(lines, fmt.Sprintf("%s=%s %s: %s", condition.Type, condition.Status, condition.Reason, condition.Message))
		}
		for _, refused := range zone.Status.Refused {
			lines = append(lines, fmt.Sprintf("refused: %s (%s)", refused.Record, refused.Reason))
		}
	}
	lines = append(lines, "requests of this phase, and of the one before, that write or fail:")
	var requests []string
	for i, entry := range l.api.Journal()[l.before:] {
		if l.before+i == l.began {
			requests = append(requests, l.phase+":")
		}
		if entry.Writing() || entry.Outcome != "success" {
			requests = append(requests, strings.Split(entry.String(), "\n")...)
		}
	}
	const most, width = 200, 120
	if len(requests) > most {
		requests = slices.Concat(requests[:most/4], []string{"..."}, requests[len(requests)-most*3/4:])
	}
	lines = append(append(lines, requests...), "log:")
	lines = append(lines, strings.Split(l.log.about(l.namespace(), 12), "\n")...)
	for i, line := range lines {
		if len(line) > 2*width {
			lines[i] = line[:width] + " ... " + line[len(line)-width:]
		}
	}
	return strings.Join(lines, "\n")
}

// refuseForRate has one request refused in the middle of a change: the operator rests (REG.API blocks who goes on), says so, and keeps
// what it has said of the zone.
func (l *life) refuseForRate() {
	if !l.settles(l.applied()) {
		return
	}
	l.begin("change", phaseChange)
	l.api.Arm(1, map[otherapi.Fault]int{otherapi.FaultRate: 1})
	l.specify(changed())
	refused := func() int {
		return slices.IndexFunc(l.api.Journal(), func(e otherapi.Entry) bool { return e.Outcome == string(otherapi.FaultRate) })
	}
	if !l.within(func() bool { return refused() >= 0 }) {
		l.Fatalf("nothing was refused\n%s", l.evidence())
	}
	select {
	case <-time.After(2 * quiet):
	case <-l.Context().Done():
	}
	if after := l.api.Journal()[refused()+1:]; len(after) > 0 {
		l.Errorf("%d requests in spite of the refusal, the first of them %s", len(after), after[0])
	}
	if status := l.zone().Status; !meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReconciling) {
		l.Errorf("the object does not say that it waits: %+v", status.Conditions)
	}
}
