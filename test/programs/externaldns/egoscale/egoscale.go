// Package v3 lets external-dns compile without the client of Exoscale, which not
// every module proxy serves. It declares what external-dns' Exoscale provider
// mentions. The tests start external-dns with the webhook provider alone; whoever
// asked this build for Exoscale would get an error from NewClient.
package v3

import (
	"context"
	"errors"

	"github.com/exoscale/egoscale/v3/credentials"
)

var errNotBuilt = errors.New("this build of external-dns has no client for Exoscale")

type (
	// UUID identifies a zone or a record.
	UUID string
	// Endpoint is the address of the API.
	Endpoint string
	// OperationState is how far an operation is.
	OperationState string
	// Operation is a change that the API carries out in its own time.
	Operation struct{}
	// Client is a client of the API that cannot be made.
	Client struct{}
	// ClientOpt is an option of NewClient.
	ClientOpt func(*Client) error
)

// OperationStateSuccess is the state of an operation that is done.
const OperationStateSuccess OperationState = "success"

type (
	// DNSDomain is a zone.
	DNSDomain struct {
		ID          UUID
		UnicodeName string
	}
	// DNSDomainRecord is a record of a zone.
	DNSDomainRecord struct {
		ID      UUID
		Name    string
		Type    DNSDomainRecordType
		Content string
		Ttl     int64 //nolint:revive // upstream's spelling
	}
	// DNSDomainRecordType is the type of a record.
	DNSDomainRecordType string
	// ListDNSDomainsResponse is the answer of ListDNSDomains.
	ListDNSDomainsResponse struct{ DNSDomains []DNSDomain }
	// ListDNSDomainRecordsResponse is the answer of ListDNSDomainRecords.
	ListDNSDomainRecordsResponse struct{ DNSDomainRecords []DNSDomainRecord }
	// CreateDNSDomainRecordRequestType is the type of a new record.
	CreateDNSDomainRecordRequestType string
	// CreateDNSDomainRecordRequest is a new record.
	CreateDNSDomainRecordRequest struct {
		Name    string
		Type    CreateDNSDomainRecordRequestType
		Content string
		Ttl     int64 //nolint:revive // upstream's spelling
	}
	// UpdateDNSDomainRecordRequest is the new content of a record.
	UpdateDNSDomainRecordRequest struct {
		Content string
		Ttl     int64 //nolint:revive // upstream's spelling
	}
)

// ClientOptWithEndpoint is the option that names the address of the API.
func ClientOptWithEndpoint(Endpoint) ClientOpt { return func(*Client) error { return nil } }

// NewClient fails.
func NewClient(*credentials.Credentials, ...ClientOpt) (*Client, error) { return nil, errNotBuilt }

// Wait fails.
func (*Client) Wait(context.Context, *Operation, ...OperationState) (*Operation, error) {
	return nil, errNotBuilt
}

// ListDNSDomains fails.
func (*Client) ListDNSDomains(context.Context) (*ListDNSDomainsResponse, error) {
	return nil, errNotBuilt
}

// ListDNSDomainRecords fails.
func (*Client) ListDNSDomainRecords(context.Context, UUID) (*ListDNSDomainRecordsResponse, error) {
	return nil, errNotBuilt
}

// CreateDNSDomainRecord fails.
func (*Client) CreateDNSDomainRecord(context.Context, UUID, CreateDNSDomainRecordRequest) (*Operation, error) {
	return nil, errNotBuilt
}

// UpdateDNSDomainRecord fails.
func (*Client) UpdateDNSDomainRecord(context.Context, UUID, UUID, UpdateDNSDomainRecordRequest) (*Operation, error) {
	return nil, errNotBuilt
}

// DeleteDNSDomainRecord fails.
func (*Client) DeleteDNSDomainRecord(context.Context, UUID, UUID) (*Operation, error) {
	return nil, errNotBuilt
}
