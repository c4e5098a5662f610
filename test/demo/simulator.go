package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// simulatorTimeout is how long regapi-sim may take to listen.
const simulatorTimeout = 30 * time.Second

// simulator holds the addresses of a running regapi-sim, as its ready file tells them.
type simulator struct {
	URL     string `json:"url"`     // REG.API, for spec.endpoint
	DNS     string `json:"dns"`     // host:port of the name server
	Control string `json:"control"` // URL of the journal and the faults, with a final slash
}

// seed is what regapi-sim starts with.
type seed struct {
	Accounts []seedAccount `json:"accounts"`
}

type seedAccount struct {
	Login    string       `json:"login"`
	Password string       `json:"password"`
	Domains  []seedDomain `json:"domains"`
}

type seedDomain struct {
	Name        string       `json:"name"`
	NameServers []string     `json:"nameServers,omitempty"` // nil means the registrar's
	Records     []seedRecord `json:"records"`
}

type seedRecord struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Content string `json:"content"`
}

// foreign is a record that somebody else has put into every zone before the
// operator came. It has to stay.
var foreign = seedRecord{Name: "somebody-elses", Type: "A", Content: "192.0.2.200"}

// startSimulator starts regapi-sim with an account that has the login and the
// domains of the samples, and waits until it listens.
func (d *demo) startSimulator(ctx context.Context) error {
	account := seedAccount{
		Login:    d.samples.credential(v1alpha1.SecretKeyUsername),
		Password: d.samples.credential(v1alpha1.SecretKeyPassword),
	}
	for _, name := range d.samples.domains {
		account.Domains = append(account.Domains, seedDomain{Name: name, Records: []seedRecord{foreign}})
	}
	account.Domains = append(account.Domains, d.more...)
	text, err := yaml.Marshal(seed{Accounts: []seedAccount{account}})
	if err != nil {
		return err
	}
	seedFile, readyFile := d.scratchFile("seed.yaml"), d.scratchFile("simulator.json")
	if err := os.WriteFile(seedFile, text, 0o600); err != nil {
		return err
	}
	err = d.start("regapi-sim", d.binary("regapi-sim"),
		"--listen=127.0.0.1:0", "--dns-listen=127.0.0.1:0", "--control-listen=127.0.0.1:0",
		"--seed="+seedFile, "--ready-file="+readyFile)
	if err != nil {
		return err
	}
	return d.awaitSimulator(ctx, readyFile)
}

// awaitSimulator reads the addresses as soon as the simulator has written them.
func (d *demo) awaitSimulator(ctx context.Context, readyFile string) error {
	ctx, cancel := context.WithTimeout(ctx, simulatorTimeout)
	defer cancel()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(readyFile)
		if err == nil {
			return json.Unmarshal(text, &d.simulator)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("regapi-sim does not listen: %w", context.Cause(ctx))
		}
	}
}
