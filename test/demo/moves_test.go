package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// moveTimeout bounds the wait for one thing that a recipe promises.
const moveTimeout = time.Minute

// recipe is something that the docs tell people to do, as the moves that they make and what they see in between.
type recipe struct {
	title string
	zones []seedDomain // what the account holds before
	moves []move
}

type move func(context.Context, *demo) error

func (d *demo) follow(ctx context.Context, moves []move) error {
	for n, move := range moves {
		if err := move(ctx, d); err != nil {
			return fmt.Errorf("move %d: %w", n+1, err)
		}
	}
	return nil
}

// unwritten makes moves that must not change anything at REG.API.
func unwritten(moves ...move) move {
	return func(ctx context.Context, d *demo) error {
		before, err := d.writes(ctx)
		if err != nil {
			return err
		}
		if err := d.follow(ctx, moves); err != nil {
			return err
		}
		if now, err := d.writes(ctx); err != nil || now != before {
			return fmt.Errorf("%d requests write, want none: %w", now-before, err)
		}
		return nil
	}
}

func kubectl(arguments ...string) move {
	return func(ctx context.Context, d *demo) error {
		_, err := d.kubectl(ctx, nil, arguments...)
		return err
	}
}

// apply applies a DNSZone with these lines in its spec.
func apply(name, domain string, lines ...string) move {
	return func(ctx context.Context, d *demo) error {
		manifest := fmt.Sprintf("apiVersion: regapi.io/v1alpha1\nkind: DNSZone\nmetadata: {name: %s}\nspec:\n  accountRef: {name: %s}\n  domainName: %s\n  %s\n",
			name, d.samples.zone.Spec.AccountRef.Name, domain, strings.Join(lines, "\n  "))
		_, err := d.kubectl(ctx, []byte(manifest), "apply", "-f", "-")
		return err
	}
}

// lose takes an object away without a word to the operator, as the loss of the cluster does.
func lose(name string) move {
	return func(ctx context.Context, d *demo) error {
		return d.follow(ctx, []move{
			kubectl("annotate", "dnszone", name, "regapi.io/paused=true"),
			kubectl("delete", "dnszone", name, "--wait=false"),
			kubectl("patch", "dnszone", name, "--type=merge", `--patch={"metadata":{"finalizers":null}}`),
			kubectl("wait", "--for=delete", "dnszone/"+name),
		})
	}
}

// delegate gives a domain to other name servers (domain/update_nss, 8.20), as its owner does in the registrar's panel.
func delegate(domain string, servers ...string) move {
	return func(ctx context.Context, d *demo) error {
		named := map[string]string{}
		for n, server := range servers {
			named[fmt.Sprintf("ns%d", n)] = server
		}
		return d.call(ctx, "domain/update_nss", map[string]any{"domains": []map[string]string{{"dname": domain}}, "nss": named})
	}
}

// ready waits until the object is Ready for its present generation.
func ready(name string) move {
	const path = `jsonpath={.metadata.generation} {.status.observedGeneration} {.status.conditions[?(@.type=="Ready")]}`
	return func(ctx context.Context, d *demo) error {
		return eventually(ctx, func() (string, bool) {
			text, err := d.kubectl(ctx, nil, "get", "dnszone", name, "-o", path)
			words := strings.Fields(text + " none none")
			return fmt.Sprintf("%s is not Ready: %s %v", name, text, err), words[0] == words[1] && strings.Contains(text, `"status":"True"`)
		})
	}
}

// shows waits until a part of the object holds the text.
func shows(name, path, text string) move {
	return func(ctx context.Context, d *demo) error {
		return eventually(ctx, func() (string, bool) {
			shown, err := d.kubectl(ctx, nil, "get", "dnszone", name, "-o", "jsonpath="+path)
			return fmt.Sprintf("%s of %s is %q, and not %q: %v", path, name, shown, text, err), strings.Contains(shown, text)
		})
	}
}

// answers are the contents that DNS gives for "name TYPE" of a zone; none where there is nothing.
type answers map[string][]string

// serves waits until DNS answers these questions so.
func serves(domain string, want answers) move {
	return func(ctx context.Context, d *demo) error {
		return eventually(ctx, func() (string, bool) {
			for question, contents := range want {
				if got := d.ask(ctx, domain, question); !slices.Equal(got, contents) {
					return fmt.Sprintf("%s of %s is %q, and not %q", question, domain, got, contents), false
				}
			}
			return "", true
		})
	}
}

// ask gives what DNS answers. An answer that there is no such name is none.
func (d *demo) ask(ctx context.Context, domain, question string) []string {
	label, kind, _ := strings.Cut(question, " ")
	name := dns.Fqdn(domain)
	if label != "@" {
		name = label + "." + name
	}
	records, err := lookup(ctx, d.simulator.DNS, name, dns.StringToType[kind])
	if err != nil && !strings.Contains(err.Error(), dns.RcodeToString[dns.RcodeNameError]) {
		return []string{err.Error()}
	}
	var contents []string
	for _, record := range records {
		contents = append(contents, strings.TrimPrefix(record.String(), record.Header().String()))
	}
	return contents
}

// eventually asks until what it is told holds.
func eventually(ctx context.Context, holds func() (seen string, ok bool)) error {
	ctx, cancel := context.WithTimeout(ctx, moveTimeout)
	defer cancel()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		seen, ok := holds()
		if ok {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %s", seen)
		}
	}
}
