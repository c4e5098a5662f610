package bench

import (
	"context"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// plainPause is how long the plain client waits after a failure, whatever it was.
	plainPause = time.Minute
	// plainAttempts bounds how often it tries one call.
	plainAttempts = 1000
)

// plainClient works as the tools for REG.API do that know one record at a time: it reads each zone by a call of its own,
// makes one call per record, counts nothing, and after an error waits a minute and tries again. It shares the product's
// encoding of requests and answers, so that only the way of working differs.
type plainClient struct {
	*testing.T
	*regapi.Client
}

func newPlainClient(t *testing.T, api *regapitest.Server) *plainClient {
	t.Helper()
	made, err := regapi.NewClient(
		regapi.WithEndpoint(api.URL()), regapi.WithTransport(api.Transport()),
		regapi.WithCredentials(regapi.Password{Username: customer, Password: password}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return &plainClient{t, made}
}

// insist makes a call until it succeeds.
func (p *plainClient) insist(call func(ctx context.Context) error) {
	p.Helper()
	var err error
	for range plainAttempts {
		if err = call(p.Context()); err == nil {
			return
		}
		time.Sleep(plainPause)
	}
	p.Fatalf("no success in %d attempts: %v", plainAttempts, err)
}

func (p *plainClient) readZone(domain string) (records regapi.ZoneRecords) {
	p.Helper()
	p.insist(func(ctx context.Context) error {
		zones, err := p.Zone.GetResourceRecords(ctx, regapi.ByName(domain))
		if err != nil {
			return err
		}
		records = zones[0]
		return records.Err
	})
	return records
}

// observe reads everything about a domain.
func (p *plainClient) observe(domain string) {
	p.Helper()
	ref := regapi.ByName(domain)
	p.readZone(domain)
	p.insist(func(ctx context.Context) error {
		found, err := p.Service.GetInfo(ctx, ref)
		return firstError(err, found, func(info regapi.ServiceInfo) error { return info.Err })
	})
	p.insist(func(ctx context.Context) error {
		found, err := p.Domain.GetNSS(ctx, ref)
		return firstError(err, found, func(nss regapi.DomainNSS) error { return nss.Err })
	})
	p.insist(func(ctx context.Context) error {
		found, err := p.DNSSEC.GetStatus(ctx, ref)
		return firstError(err, found, func(status regapi.DomainDNSSEC) error { return status.Err })
	})
}

// firstError is the error of a call about one domain, or else that of its only element.
func firstError[T any](err error, elements []T, of func(T) error) error {
	if err != nil {
		return err
	}
	return of(elements[0])
}

// write brings a zone to hold the wanted records, and none of the obsolete ones.
func (p *plainClient) write(domain string, want, obsolete []zone.Record) {
	p.Helper()
	current := map[zone.Record]bool{}
	for _, rr := range p.readZone(domain).Records {
		current[zone.FromAPI(rr)] = true
	}
	for _, record := range want {
		if current[record] {
			continue
		}
		action, err := zone.AddAction(record)
		if err != nil {
			p.Fatal(err)
		}
		p.apply(domain, action)
	}
	for _, record := range obsolete {
		if current[record] {
			p.apply(domain, regapi.RemoveRecord{Subdomain: record.Name, RecordType: string(record.Type), Content: record.Content, Priority: int(record.Priority)})
		}
	}
}

func (p *plainClient) apply(domain string, action regapi.Action) {
	p.Helper()
	p.insist(func(ctx context.Context) error {
		results, err := p.Zone.Apply(ctx, action, regapi.ByName(domain))
		return firstError(err, results, func(result regapi.DomainResult) error { return result.Err })
	})
}
