package regapi

import "context"

// ServiceService holds the functions about services; a domain is one of them (section 7).
type ServiceService struct{ client *Client }

// ServTypeDomain is the type of service that a domain is.
const ServTypeDomain = "domain"

// State is the state of a service (7.7).
type State string

// The states of a service.
const (
	// Inactive: ordered, but not registered or transferred yet.
	Inactive State = "N"
	// Active: in use.
	Active State = "A"
	// Suspended: switched off, for example because it is not paid.
	Suspended State = "S"
	// Deleted: gone.
	Deleted State = "D"
	// Transferred: moved to another registrar.
	Transferred State = "O"
)

// Nop checks that services exist and returns their numbers (7.1).
func (s *ServiceService) Nop(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	items, err := s.client.list(ctx, listCall{function: "service/nop", kind: serviceList, refs: refs})
	return results(items), err
}

// ServiceInfo is what service/get_info tells of one service; only DomainResult is set if its Err is
// not nil.
type ServiceInfo struct {
	DomainResult
	ServType string
	// Subtype is the plan of a hosting service.
	Subtype        string
	State          State
	CreationDate   Date
	ExpirationDate Date
	// UserServID is the caller's own id, if one was given with the order.
	UserServID string
	// User2Login is the account that holds partial control; Partners see it.
	User2Login string
}

// GetInfo returns state and dates of up to 1000 services (7.7).
func (s *ServiceService) GetInfo(ctx context.Context, refs ...DomainRef) ([]ServiceInfo, error) {
	const function = "service/get_info"
	return collect(ctx, s.client, listCall{function: function, kind: serviceList, refs: refs},
		func(result DomainResult, e serviceElement) ServiceInfo {
			if result.Err == nil && !e.tells() {
				result.Err = misshapen(function, result.Ref)
				return ServiceInfo{DomainResult: result}
			}
			return e.info(result)
		})
}

// serviceElement is a service as get_info and get_list write it.
type serviceElement struct {
	ServiceID       ID    `json:"service_id"`
	Domain          Text  `json:"dname"`
	ServType        Text  `json:"servtype"`
	Subtype         Text  `json:"subtype"`
	State           State `json:"state"`
	CreationDate    Date  `json:"creation_date"`
	ExpirationDate  Date  `json:"expiration_date"`
	UserServID      Text  `json:"user_servid"`
	User2Login      Text  `json:"user2_login"`
	UplinkServiceID ID    `json:"uplink_service_id"`
}

// tells reports whether an element has what get_info is asked for: the state, and the dates of what is registered.
func (e serviceElement) tells() bool {
	dated := !e.CreationDate.IsZero() && !e.ExpirationDate.IsZero()
	return e.State == Inactive || (e.State != "" && dated)
}

func (e serviceElement) info(result DomainResult) ServiceInfo {
	return ServiceInfo{
		DomainResult:   result,
		ServType:       string(e.ServType),
		Subtype:        string(e.Subtype),
		State:          e.State,
		CreationDate:   e.CreationDate,
		ExpirationDate: e.ExpirationDate,
		UserServID:     string(e.UserServID),
		User2Login:     string(e.User2Login),
	}
}

// ServiceListItem is one service of the account.
type ServiceListItem struct {
	ServiceID ID
	// Domain is the name that the service belongs to; IDNs come in Unicode.
	Domain         string
	ServType       string
	Subtype        string
	State          State
	CreationDate   Date
	ExpirationDate Date
	// UplinkServiceID is the parent service, 0 if there is none.
	UplinkServiceID ID
}

// GetList returns the account's services of one type, or of all types if servType is empty; deleted
// ones and those that moved away are not among them (7.8).
func (s *ServiceService) GetList(ctx context.Context, servType string) ([]ServiceListItem, error) {
	params := parameters{}
	params.text("servtype", servType)
	elements, err := members[serviceElement](ctx, s.client, "service/get_list", params, "services")
	if err != nil {
		return nil, err
	}
	services := make([]ServiceListItem, len(elements))
	for i, element := range elements {
		services[i] = element.listItem()
	}
	return services, nil
}

func (e serviceElement) listItem() ServiceListItem {
	return ServiceListItem{
		ServiceID:       e.ServiceID,
		Domain:          string(e.Domain),
		ServType:        string(e.ServType),
		Subtype:         string(e.Subtype),
		State:           e.State,
		CreationDate:    e.CreationDate,
		ExpirationDate:  e.ExpirationDate,
		UplinkServiceID: e.UplinkServiceID,
	}
}
