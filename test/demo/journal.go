package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// hourlyLimit is how many requests REG.API grants an account in an hour (1.2).
const hourlyLimit = 1200

// journalEntry is a request that the simulator received.
type journalEntry struct {
	Function string `json:"function"`
	Write    bool   `json:"write"` // of a function that changes something
}

// journal lists the requests that the simulator received, the oldest first.
func (d *demo) journal(ctx context.Context) ([]journalEntry, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.simulator.Control+"journal", nil)
	if err != nil {
		return nil, err
	}
	var page struct {
		Entries []journalEntry `json:"entries"`
	}
	err = fetch(request, &page)
	return page.Entries, err
}

// fetch sends a request to the simulator and decodes its answer.
func fetch(request *http.Request, answer any) error {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", request.URL.Path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// countRequests prints how much of the account's budget the samples took.
func (d *demo) countRequests(ctx context.Context) error {
	entries, err := d.journal(ctx)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return errors.New("the simulator's journal is empty: the operator never called it")
	}
	var functions []string
	for _, entry := range entries {
		functions = append(functions, entry.Function)
	}
	fmt.Fprintf(d.out, "    %d of %d an hour: %s\n", len(entries), hourlyLimit, strings.Join(functions, ", "))
	return nil
}

// writes counts the requests that could change something.
func (d *demo) writes(ctx context.Context) (int, error) {
	entries, err := d.journal(ctx)
	count := 0
	for _, entry := range entries {
		if entry.Write {
			count++
		}
	}
	return count, err
}

// awaitWrites waits until the journal holds so many writes.
func (d *demo) awaitWrites(ctx context.Context, want int) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		count, err := d.writes(ctx)
		if err != nil || count >= want {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the journal holds %d writes, expected %d: %w", count, want, context.Cause(ctx))
		}
	}
}
