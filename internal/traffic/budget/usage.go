package budget

import (
	"maps"
	"slices"
	"time"
)

// Usage is what a ledger says of the hour's requests, for whoever asks.
type Usage struct {
	// Spent is how many requests of the last hour count, those included that a process has set aside for itself.
	Spent int
	// Returns are when they come back, in order.
	Returns []Return
	// FrozenUntil is until when nothing is sent, since REG.API has refused for rate; zero if it has not.
	FrozenUntil time.Time
}

// Return is a number of requests that come back at a moment.
type Return struct {
	At       time.Time
	Requests int
}

// ReadUsage reads the data of a ledger.
func ReadUsage(data []byte, now time.Time) (Usage, error) {
	kept, err := decodeBook(data)
	if err != nil {
		return Usage{}, err
	}
	counted := kept.counted()
	counted.prune(now)
	usage := Usage{Spent: counted.total(now)}
	for _, at := range slices.Sorted(maps.Keys(counted)) {
		usage.Returns = append(usage.Returns, Return{At: at.forgotten(), Requests: counted[at]})
	}
	if kept.frozenUntil.After(now) {
		usage.FrozenUntil = kept.frozenUntil
	}
	return usage, nil
}
