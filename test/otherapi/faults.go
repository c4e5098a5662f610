package otherapi

import (
	"hash/fnv"
	"math/rand/v2"
)

// Fault is a way in which a request or an action goes wrong.
type Fault string

// The faults. Those of requests come first, those of single actions last.
const (
	FaultLostBefore  Fault = "connection closed before the effect"
	FaultLostAfter   Fault = "connection closed after the effect"
	FaultPage500     Fault = "HTTP 500 before the effect"
	FaultPage502     Fault = "HTTP 502 after the effect"
	FaultUnavailable Fault = "SERVICE_UNAVAILABLE"
	FaultRate        Fault = "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"
	FaultSlow        Fault = "slow answer"
	FaultInternal    Fault = "INTERNAL_ERROR"
	FaultLie         Fault = "success said, nothing done"
)

// share of the requests, and of the actions, that go wrong is one in so many.
const share = 5

// faults are dealt by a seed until none is left. Which attempt at what goes wrong does not depend on what else is asked meanwhile.
type faults struct {
	seed     uint64
	attempts map[string]uint64
	left     map[Fault]int
}

func newFaults(seed uint64, counts map[Fault]int) *faults {
	f := &faults{seed: seed, attempts: map[string]uint64{}, left: map[Fault]int{}}
	for fault, count := range counts {
		f.left[fault] = count
	}
	return f
}

// draw gives one of these faults, or none, to the next attempt at something.
func (f *faults) draw(what string, among ...Fault) Fault {
	f.attempts[what]++
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(what))
	random := rand.New(rand.NewPCG(f.seed, hash.Sum64()+f.attempts[what]))
	if random.IntN(share) > 0 {
		return ""
	}
	var there []Fault
	for _, fault := range among {
		if f.left[fault] > 0 {
			there = append(there, fault)
		}
	}
	if len(there) == 0 {
		return ""
	}
	fault := there[random.IntN(len(there))]
	f.left[fault]--
	return fault
}
