package regapi

import (
	"context"
	"encoding/json"
)

// DomainService holds the functions about domains (section 8).
type DomainService struct{ client *Client }

// Nop returns the number of a domain. With an empty reference it only tells that REG.API is there,
// and returns 0 (8.1).
func (s *DomainService) Nop(ctx context.Context, ref DomainRef) (ID, error) {
	const function = "domain/nop"
	if ref.IsZero() {
		return 0, s.client.Call(ctx, function, nil, nil)
	}
	return s.client.serviceID(ctx, function, ref.fields("dname"))
}

// NameServer is one server of a delegation.
type NameServer struct {
	Name string
	// IPs are the glue addresses of a server within the domain itself.
	IPs []string
}

// DomainNSS is the delegation of one domain; NSS is nil if Err is not.
type DomainNSS struct {
	DomainResult
	NSS []NameServer
}

// GetNSS returns the name servers of up to 1000 domains (8.19).
func (s *DomainService) GetNSS(ctx context.Context, refs ...DomainRef) ([]DomainNSS, error) {
	type element struct {
		NSS []NameServer `json:"nss"`
	}
	call := listCall{function: "domain/get_nss", kind: domainList, refs: refs, succeeded: answeredWithout("nss"), needed: "nss"}
	return collect(ctx, s.client, call, func(result DomainResult, e element) DomainNSS {
		return DomainNSS{DomainResult: result, NSS: e.NSS}
	})
}

// UnmarshalJSON reads {"ns": name, "ip": address}, where ip may also be a list or missing (8.19).
func (n *NameServer) UnmarshalJSON(raw []byte) error {
	var server struct {
		Name Text            `json:"ns"`
		IP   json.RawMessage `json:"ip"`
	}
	if err := json.Unmarshal(raw, &server); err != nil {
		return err
	}
	*n = NameServer{Name: string(server.Name)}
	var addresses []Text
	if json.Unmarshal(server.IP, &addresses) != nil {
		addresses = []Text{Text(scalarText(server.IP))}
	}
	for _, address := range addresses {
		if address != "" {
			n.IPs = append(n.IPs, string(address))
		}
	}
	return nil
}
