package regapi

import (
	"context"
	"errors"
	"strconv"
)

// GetFolders returns the folders that hold a domain or service (7.9).
func (s *ServiceService) GetFolders(ctx context.Context, ref DomainRef) ([]Folder, error) {
	const function = "service/get_folders"
	if ref.IsZero() {
		return nil, refuse(function, CodeServiceNotSpecified, "the reference identifies nothing")
	}
	elements, err := members[folderElement](ctx, s.client, function, ref.fields("domain_name"), "folders")
	if err != nil {
		return nil, err
	}
	folders := make([]Folder, len(elements))
	for i, e := range elements {
		folders[i] = Folder{ID: e.ID, Name: string(e.Name)}
	}
	return folders, nil
}

// ServiceFolders are the folders that hold a service; only DomainResult is set if its Err is not nil.
type ServiceFolders struct {
	DomainResult
	ServType string
	Folders  []Folder
}

// FoldersOf returns the folders that hold each of up to 1000 services: what service/get_info tells with show_folders, where
// service/get_folders takes one service (7.7, 7.9).
func FoldersOf(ctx context.Context, c *Client, refs ...DomainRef) ([]ServiceFolders, error) {
	type element struct {
		ServType Text                `json:"servtype"`
		Folders  each[folderElement] `json:"folders"`
	}
	call := listCall{function: "service/get_info", kind: serviceList, refs: refs, params: parameters{"show_folders": "1"}, needed: "folders"}
	return collect(ctx, c, call, func(result DomainResult, e element) ServiceFolders {
		found := ServiceFolders{DomainResult: result, ServType: string(e.ServType)}
		for _, folder := range e.Folders {
			found.Folders = append(found.Folders, Folder{ID: folder.ID, Name: string(folder.Name)})
		}
		return found
	})
}

type folderElement struct {
	ID   ID   `json:"folder_id"`
	Name Text `json:"folder_name"`
}

// DetailsQuery says which details to return; the zero value asks for all, without groups.
type DetailsQuery struct {
	// SeparateGroups puts the details into groups, which depend on the service: see
	// [Details.Group].
	SeparateGroups bool
	// ShowContactsOnly asks for the contacts of domains and nothing else.
	ShowContactsOnly bool
	// SplittedContacts keeps the fields of names and addresses apart. Otherwise they are joined to
	// person_r, p_addr, passport and address_r, which the vendor means to give up.
	SplittedContacts bool
}

// ServiceDetails is what service/get_details tells of one service; only DomainResult is set if its
// Err is not nil.
type ServiceDetails struct {
	DomainResult
	ServType string
	// Details are the settings of a service or the contacts and flags of a domain.
	Details Details
	// Contacts are there with ShowContactsOnly alone.
	Contacts Contacts
}

// GetDetails returns the settings of up to 1000 services, and the contacts of domains (7.10).
func (s *ServiceService) GetDetails(ctx context.Context, query DetailsQuery, refs ...DomainRef) ([]ServiceDetails, error) {
	return s.details(ctx, "service/get_details", query, refs)
}

// ServiceGetDetails calls service/service_get_details, which section 3.3 lists with the same words
// as [ServiceService.GetDetails] and describes nowhere.
func (s *ServiceService) ServiceGetDetails(
	ctx context.Context, query DetailsQuery, refs ...DomainRef,
) ([]ServiceDetails, error) {
	return s.details(ctx, "service/service_get_details", query, refs)
}

func (s *ServiceService) details(
	ctx context.Context, function string, query DetailsQuery, refs []DomainRef,
) ([]ServiceDetails, error) {
	params := parameters{}
	params.flag("separate_groups", query.SeparateGroups)
	params.flag("show_contacts_only", query.ShowContactsOnly)
	params.flag("splitted_contacts", query.SplittedContacts)
	needed := "details"
	if query.ShowContactsOnly {
		needed = "contacts"
	}
	type element struct {
		ServType Text     `json:"servtype"`
		Details  Details  `json:"details"`
		Contacts Contacts `json:"contacts"`
	}
	return collect(ctx, s.client, listCall{
		function: function, kind: serviceList, refs: refs, params: params, needed: needed,
	}, func(result DomainResult, e element) ServiceDetails {
		return ServiceDetails{DomainResult: result, ServType: string(e.ServType), Details: e.Details, Contacts: e.Contacts}
	})
}

// ServiceBills are the bills for one service; Bills is nil if Err is not.
type ServiceBills struct {
	DomainResult
	Bills []ID
}

// GetBills returns the numbers of the bills for up to 1000 services; Partners only (7.14).
func (s *ServiceService) GetBills(ctx context.Context, refs ...DomainRef) ([]ServiceBills, error) {
	type element struct {
		Bills []ID `json:"bills"`
	}
	return collect(ctx, s.client, listCall{
		function: "service/get_bills", kind: serviceList, refs: refs, needed: "bills",
		succeeded: answeredWithout("bills"),
	}, func(result DomainResult, e element) ServiceBills { return ServiceBills{result, e.Bills} })
}

// ServiceReadonly tells whether a service may be changed.
type ServiceReadonly struct {
	// DomainResult has an Err if the service was not found or its state is not known.
	DomainResult
	Readonly bool
	// Reason is why a service may not be changed, such as DATA_IS_READ_ONLY.
	Reason ErrorCode
}

// CheckReadonly tells whether up to 1000 domains or services may be changed (7.15).
func (s *ServiceService) CheckReadonly(ctx context.Context, refs ...DomainRef) ([]ServiceReadonly, error) {
	type element struct {
		Readonly flag `json:"is_readonly"`
		Reason   Text `json:"error_code"`
	}
	return collect(ctx, s.client, listCall{
		function: "service/check_readonly", kind: serviceList, refs: refs, succeeded: readonlyAnswered,
	}, func(result DomainResult, e element) ServiceReadonly {
		return ServiceReadonly{DomainResult: result, Readonly: bool(e.Readonly), Reason: ErrorCode(e.Reason)}
	})
}

// readonlyAnswered accepts an element that tells whether a service is read-only. An error code beside
// it is the reason, unless it says that the service was not found or named wrongly (7.15).
func readonlyAnswered(element object) bool {
	code := ErrorCode(element.text("error_code"))
	return element.holds("is_readonly") && (code == "" || code.Class() == ClassBlocked)
}

// GetDepreciatedPeriod returns how many periods are left of a service, a fraction (7.19).
func (s *ServiceService) GetDepreciatedPeriod(ctx context.Context, ref DomainRef) (float64, error) {
	const function = "service/get_depreciated_period"
	var answer struct {
		Period decimal `json:"depreciated_period"`
	}
	err := s.client.on(ctx, function, ref, nil, requiring("depreciated_period", &answer))
	return float64(answer.Period), err
}

// decimal is a number that answers write as a number or a string.
type decimal float64

// UnmarshalJSON refuses everything else.
func (d *decimal) UnmarshalJSON(raw []byte) error {
	number, err := strconv.ParseFloat(scalarText(raw), 64)
	if err != nil {
		return errors.New("not a number")
	}
	*d = decimal(number)
	return nil
}

// Registrant is who a domain is registered to; only DomainResult is set if its Err is not nil.
type Registrant struct {
	DomainResult
	// Contacts are the data of the registrant, with names and addresses in parts.
	Contacts Contacts
	// Hidden says whether WHOIS hides them; nil where the zone's answer does not tell.
	Hidden *bool
}

// RegistrantsOf returns who each of up to 1000 domains is registered to: what service/get_details tells of domains (7.10).
func RegistrantsOf(ctx context.Context, c *Client, refs ...DomainRef) ([]Registrant, error) {
	details, err := c.Service.GetDetails(ctx, DetailsQuery{SplittedContacts: true}, refs...)
	registrants := make([]Registrant, len(details))
	for n, d := range details {
		registrants[n] = Registrant{DomainResult: d.DomainResult}
		if d.Err != nil {
			continue
		}
		held := Contacts{}
		for _, name := range d.Details.Names() {
			held[name] = d.Details.Text(name)
		}
		if flag, told := held[privacyFlag]; told {
			hidden := flag == "1"
			registrants[n].Hidden = &hidden
		}
		delete(held, privacyFlag)
		delete(held, identityState)
		registrants[n].Contacts = held
	}
	return registrants, err
}

// What service/get_details tells of a domain beside the contacts (7.10).
const (
	privacyFlag   = "private_person_flag"
	identityState = "id_state"
)
