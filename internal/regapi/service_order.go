package regapi

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
)

// ServiceOrder is an order of a service (7.4).
type ServiceOrder struct {
	// Domain is the name that the service is for; services below another one have Uplink instead.
	Domain string
	// ServType is the type of service, such as "srv_parking".
	ServType string
	// Subtype is the plan or kind, if the type has several.
	Subtype string
	// Uplink is the number of the service that this one belongs to.
	Uplink ID
	// Period is how long, in the unit of the service: see [ServtypeDetails]; 0 leaves it out.
	Period int
	// UserServID is the caller's own id of the service: up to 32 of [0-9a-f].
	UserServID string
	Payment    Payment
	Place      FolderPlace
	// Comment and AdminComment are kept with the order.
	Comment, AdminComment string
	// Settings are the parameters of this type of service, by the documentation's names. Those that
	// are contacts or passwords never reach an error.
	Settings map[string]string
}

// FolderPlace is the folder that ordered domains and services go to; the zero value is none.
type FolderPlace struct {
	Folder FolderRef
	// NoNewFolder refuses the order where no such folder exists; otherwise it is made.
	NoNewFolder bool
}

func (f FolderPlace) add(params parameters) {
	f.Folder.add(params, "")
	params.flag("no_new_folder", f.NoNewFolder)
}

func (o ServiceOrder) params() parameters {
	params := parameters{}
	for name, value := range o.Settings {
		params[name] = value
	}
	params.text("domain_name", o.Domain)
	params.text("servtype", o.ServType)
	params.text("subtype", o.Subtype)
	if o.Uplink != 0 {
		params["uplink_service_id"] = o.Uplink.String()
	}
	params.number("period", o.Period)
	params.text("user_servid", o.UserServID)
	o.Payment.add(params)
	o.Place.add(params)
	params.text("comment", o.Comment)
	params.text("admin_comment", o.AdminComment)
	return params
}

// OrderedService is a service that was ordered.
type OrderedService struct {
	ServiceID       ID `json:"service_id"`
	UplinkServiceID ID `json:"uplink_service_id"`
	BillID          ID `json:"bill_id"`
	// Payment is the price in roubles.
	Payment Money `json:"payment"`
	// PayNotes says for people whether it was charged.
	PayNotes string `json:"pay_notes"`
	// Descr says for people what was ordered.
	Descr string `json:"descr"`
}

// Create orders a service and, with [PayPrepay], pays for it at once. It must not be repeated
// before it is certain that the first order did not come about (7.4).
func (s *ServiceService) Create(ctx context.Context, order ServiceOrder) (OrderedService, error) {
	const function = "service/create"
	if order.ServType == "" {
		return OrderedService{}, refuse(function, CodeParameterMissing, "servtype required")
	}
	var ordered OrderedService
	err := s.client.Call(ctx, function, order.params(), paying("service_id", &ordered, func(o object) {
		ordered = OrderedService{
			ServiceID: parseID(o.text("service_id")), UplinkServiceID: parseID(o.text("uplink_service_id")), BillID: parseID(o.text("bill_id")),
			Payment: o.money("payment"), PayNotes: o.text("pay_notes"), Descr: o.text("descr"),
		}
	}))
	return ordered, err
}

// CheckedOrder is an order that [ServiceService.CheckCreate] found nothing wrong with.
type CheckedOrder struct {
	Descr string
	// Param is what the order would be made with, defaults included.
	Param CheckedParam
}

// CheckedParam is what an order would be made with.
type CheckedParam struct {
	Domain   string `json:"dname"`
	ServType string `json:"servtype"`
	Subtype  string `json:"subtype"`
	Period   Int    `json:"period"`
}

// CheckCreate checks Domain, ServType, Subtype and Period of an order without ordering; the
// defaults are hosting on its smallest plan for one period (7.5).
func (s *ServiceService) CheckCreate(ctx context.Context, order ServiceOrder) (CheckedOrder, error) {
	params := parameters{}
	params.text("domain_name", order.Domain)
	params.text("servtype", order.ServType)
	params.text("subtype", order.Subtype)
	params.number("period", order.Period)
	var answer struct {
		Descr string       `json:"descr"`
		Param CheckedParam `json:"param"`
	}
	err := s.client.Call(ctx, "service/check_create", params, &answer)
	return CheckedOrder(answer), err
}

// Delete deletes a service; the reference needs its ServType. A domain cannot be deleted (7.6).
func (s *ServiceService) Delete(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/delete", ref, nil, nil)
}

// Update changes settings of a service, which are named in the documentation for each type, and
// returns for people what was done (7.12).
func (s *ServiceService) Update(ctx context.Context, ref DomainRef, settings map[string]string) (string, error) {
	params := parameters{}
	for name, value := range settings {
		params[name] = value
	}
	var answer struct {
		Descr string `json:"descr"`
	}
	err := s.client.on(ctx, "service/update", ref, params, &answer)
	return answer.Descr, err
}

// RenewStatus is how a renewal ended.
type RenewStatus string

// The outcomes of a renewal.
const (
	// RenewSuccess: paid and prolonged.
	RenewSuccess RenewStatus = "renew_success"
	// OnlyBillCreated: the balance did not suffice, and an unpaid bill is there.
	OnlyBillCreated RenewStatus = "only_bill_created"
)

// Renewal is what was renewed.
type Renewal struct {
	Status RenewStatus
	BillID ID
	// Period is how many units were added.
	Period int
	// Payment is the price of all services together, in Currency; [MoneyUnknown] where it is not told.
	Payment  Money
	Currency string
	Services []DomainResult
}

// Renew prolongs up to 1000 domains or services by a number of periods and, with [PayPrepay], pays
// for them at once. REG.API does not notice a repetition: compare the expiry dates before any
// second try (7.13).
func (s *ServiceService) Renew(ctx context.Context, period int, payment Payment, refs ...DomainRef) (Renewal, error) {
	call := listCall{function: "service/renew", kind: serviceList, refs: refs}
	if len(refs) == 0 {
		return Renewal{}, refuse(call.function, CodeServiceNotSpecified, "no service is named")
	}
	if err := call.validate(); err != nil {
		return Renewal{}, err
	}
	params := parameters{"period": period}
	payment.add(params)
	call.params = params
	body := call.body()
	if len(refs) == 1 {
		body = refs[0].fields("domain_name")
		maps.Copy(body, params)
	}
	answer, err := s.client.doList(ctx, call.function, body, len(refs), call.members()...)
	if err != nil {
		return beside(answer).renewal(), err
	}
	return call.renewal(answer)
}

// renewal is what the answer to a renewal tells beside its list.
func (o object) renewal() Renewal {
	if o == nil {
		return Renewal{}
	}
	period, _ := strconv.Atoi(o.text("period")) // what is no number is not known
	return Renewal{
		Status: RenewStatus(o.text("status")), BillID: parseID(o.text("bill_id")), Period: period, Payment: o.price(), Currency: o.text("currency"),
	}
}

// renewal reads the answer about a list, and that about a single service, which has no list. What it says of the bill is
// returned also beside an error.
func (l listCall) renewal(answer *Answer) (Renewal, error) {
	payload := beside(answer)
	renewal := payload.renewal()
	elements, listed := l.elements(answer)
	if renewal.Status == "" || (!listed && len(l.refs) > 1) {
		return renewal, unusable(l.function, "JSON that does not tell what was renewed", answer)
	}
	if !listed {
		payload["result"] = json.RawMessage(`"` + resultSuccess + `"`)
		raw, err := json.Marshal(payload)
		if err != nil {
			return renewal, misshapen(l.function, l.refs[0])
		}
		elements = []json.RawMessage{raw}
	}
	renewal.Services = results(l.items(elements, answer.redactor, nil))
	return renewal, nil
}

// Upgrade is a change to a higher plan.
type Upgrade struct {
	// Subtype is the new plan.
	Subtype string
	// Period is how many periods of it to order.
	Period int
}

// Upgraded is what a change of plan came to.
type Upgraded struct {
	BillID ID `json:"bill_id"`
	// WithdrawedAmount was charged; ReturnedAmount of it went back to the balance for the old plan.
	WithdrawedAmount Money `json:"withdrawed_amount"`
	ReturnedAmount   Money `json:"returned_amount"`
	// NewServiceID is the number of the service with the new plan; 0 if the answer tells none.
	NewServiceID ID `json:"new_service_id"`
}

// Upgrade changes a hosting service or a site builder to a higher plan, at once and for money
// (7.20).
func (s *ServiceService) Upgrade(ctx context.Context, ref DomainRef, upgrade Upgrade) (Upgraded, error) {
	params := parameters{}
	params.text("subtype", upgrade.Subtype)
	params.number("period", upgrade.Period)
	var upgraded Upgraded
	err := s.client.on(ctx, "service/upgrade", ref, params, paying("bill_id", &upgraded, func(o object) {
		upgraded = Upgraded{
			BillID: parseID(o.text("bill_id")), WithdrawedAmount: o.money("withdrawed_amount"), ReturnedAmount: o.money("returned_amount"),
			NewServiceID: parseID(o.text("new_service_id")),
		}
	}))
	return upgraded, err
}
