package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// checkForeign fails when the record that was in the zone before the operator
// came is there no more.
func (d *demo) checkForeign(ctx context.Context) error {
	return d.awaitAddress(ctx, foreign.Name, foreign.Content)
}

// awaitAddress waits until an address is all that DNS serves for a name, which is
// relative to the sample zone.
func (d *demo) awaitAddress(ctx context.Context, name, address string) error {
	zone := v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{
		DomainName: d.samples.zone.Spec.DomainName,
		Records:    []v1alpha1.NameRecords{{Name: name, A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}}},
	}}
	expected, err := expectedRecords(&zone)
	if err != nil {
		return err
	}
	return d.awaitRecords(ctx, expected)
}

// checkDrift removes a record through REG.API, as a person would in the
// registrar's panel, and waits until the operator has put it back.
func (d *demo) checkDrift(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, driftTimeout)
	defer cancel()
	name, address, err := d.samples.loneAddress()
	if err != nil {
		return err
	}
	before, err := d.writes(ctx)
	if err != nil {
		return err
	}
	if err := d.removeAddress(ctx, name, address); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "    removed %s A %s\n", name, address)
	if err := d.awaitWrites(ctx, before+2); err != nil { // the removal, and the operator's answer to it
		return err
	}
	return d.awaitAddress(ctx, name, address)
}

// removeAddress calls zone/remove_record (9.18).
func (d *demo) removeAddress(ctx context.Context, name, address string) error {
	return d.call(ctx, "zone/remove_record", map[string]any{
		"domains":     []map[string]string{{"dname": string(d.samples.zone.Spec.DomainName)}},
		"subdomain":   name,
		"record_type": "A",
		"content":     address,
	})
}

// call calls a function for one domain, as the account of the samples.
func (d *demo) call(ctx context.Context, function string, parameters map[string]any) error {
	input, err := json.Marshal(parameters)
	if err != nil {
		return err
	}
	form := url.Values{
		"username":      {d.samples.credential(v1alpha1.SecretKeyUsername)},
		"password":      {d.samples.credential(v1alpha1.SecretKeyPassword)},
		"io_encoding":   {"utf8"},
		"input_format":  {"json"},
		"output_format": {"json"},
		"input_data":    {string(input)},
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.simulator.URL+function, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return succeed(request)
}

// succeed sends a request to REG.API and fails when it, or an element of its
// answer, failed.
func succeed(request *http.Request) error {
	var reply struct {
		Result string `json:"result"`
		Answer struct {
			Domains []struct {
				Result string `json:"result"`
			} `json:"domains"`
		} `json:"answer"`
	}
	if err := fetch(request, &reply); err != nil {
		return err
	}
	if reply.Result != "success" || len(reply.Answer.Domains) != 1 || reply.Answer.Domains[0].Result != "success" {
		return fmt.Errorf("%s answers %+v", request.URL.Path, reply)
	}
	return nil
}
