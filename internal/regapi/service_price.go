package regapi

import (
	"context"
	"encoding/json"
	"strings"
)

// ServicePrices are the prices of services (7.2).
type ServicePrices struct {
	// Currency is RUR, USD, EUR or UAH.
	Currency string
	// PriceGroup is the caller's plan; "0" is retail.
	PriceGroup Text
	Prices     []ServicePrice
}

// ServicePrice is the price of one kind of service.
type ServicePrice struct {
	// ServType is the type of service, such as "srv_addip".
	ServType string `json:"servortld"`
	Subtype  Text   `json:"subtype"`
	// Unit is "month" or "year": what Price pays for.
	Unit  string `json:"unit"`
	Price Money  `json:"price"`
	// RenewPrice is there with ShowRenewData. The documentation does not show how it is answered; this
	// is its name among the prices of domains (8.2).
	RenewPrice Money `json:"renew_price"`
}

// ServicePriceQuery says which prices to return.
type ServicePriceQuery struct {
	// Currency is rur, usd, eur or uah; roubles if empty.
	Currency string
	// ShowRenewData asks for prices of renewal.
	ShowRenewData bool
}

// GetPrices returns what services cost under the account's plan (7.2).
func (s *ServiceService) GetPrices(ctx context.Context, query ServicePriceQuery) (ServicePrices, error) {
	params := parameters{}
	params.text("currency", query.Currency)
	params.flag("show_renew_data", query.ShowRenewData)
	var prices struct {
		Currency   string             `json:"currency"`
		PriceGroup Text               `json:"pricegroup"`
		Prices     each[ServicePrice] `json:"prices"`
	}
	err := s.client.Call(ctx, "service/get_prices", params, requiring("prices", &prices))
	return ServicePrices{Currency: prices.Currency, PriceGroup: prices.PriceGroup, Prices: prices.Prices}, err
}

// ServtypeQuery says which plans of which services to return.
type ServtypeQuery struct {
	ServTypes []string
	// Subtype selects one plan; REG.API ignores it for several types.
	Subtype string
	// UnrollPrices asks for a price for each period instead of one and a range of periods.
	UnrollPrices bool
	// OnlyActual leaves out plans that can no longer be ordered; ShowHidden adds archived ones.
	OnlyActual, ShowHidden bool
}

// ServtypeDetails is one plan of a service (7.3).
type ServtypeDetails struct {
	ServType string `json:"servtype"`
	Subtype  Text   `json:"subtype"`
	// CommonName is the name for people; "" where the answer gives several forms of it.
	CommonName Text `json:"commonname"`
	// Unit is "year" or "month": what the periods count.
	Unit string `json:"unit"`
	// IsRenewable is 1 for a service that can be renewed.
	IsRenewable Int     `json:"is_renewable"`
	ExtParams   Details `json:"extparams"`
	// PeriodsNew and PeriodsRenew are ranges such as "1-10".
	PeriodsNew   Text `json:"periods_new"`
	PeriodsRenew Text `json:"periods_renew"`
	// PriceNew and PriceRenew are for one unit.
	PriceNew   Money `json:"price_new"`
	PriceRenew Money `json:"price_renew"`
	// PricesNew and PricesRenew come instead of the former with UnrollPrices: periods and prices,
	// in a form that is not documented.
	PricesNew   json.RawMessage `json:"prices_new"`
	PricesRenew json.RawMessage `json:"prices_renew"`
}

// GetServtypeDetails returns the plans of services, with prices and terms (7.3).
func (s *ServiceService) GetServtypeDetails(ctx context.Context, query ServtypeQuery) ([]ServtypeDetails, error) {
	params := parameters{}
	params.text("servtype", strings.Join(query.ServTypes, ","))
	params.text("subtype", query.Subtype)
	params.flag("unroll_prices", query.UnrollPrices)
	params.flag("only_actual", query.OnlyActual)
	params.flag("show_hidden", query.ShowHidden)
	return members[ServtypeDetails](ctx, s.client, "service/get_servtype_details", params, "")
}

// DedicatedServer is a server that can be ordered (7.11).
type DedicatedServer struct {
	ServerID ID `json:"server_id"`
	// CPUContent is the model; CPUCount processors have CPUCore cores each.
	CPUContent string `json:"cpu_content"`
	CPUCount   Int    `json:"cpu_count"`
	CPUCore    Int    `json:"cpu_core"`
	// RAMContent is the kind of memory; RAMCount modules have RAMSize each, such as "512Mb".
	RAMContent string `json:"ram_content"`
	RAMCount   Int    `json:"ram_count"`
	RAMSize    Text   `json:"ram_size"`
	// HDDContent is the interface; HDDCount disks have HDDSize each, such as "120Gb".
	HDDContent string `json:"hdd_content"`
	HDDCount   Int    `json:"hdd_count"`
	HDDSize    Text   `json:"hdd_size"`
	// MonthTraf is the traffic that is included, in gigabytes a month.
	MonthTraf Int `json:"month_traf"`
	// PriceRetail is the rent for a month.
	PriceRetail Money `json:"price_retail"`
}

// GetDedicatedServerList returns the servers that can be ordered (7.11).
func (s *ServiceService) GetDedicatedServerList(ctx context.Context) ([]DedicatedServer, error) {
	return members[DedicatedServer](ctx, s.client, "service/get_dedicated_server_list", nil, "server_list")
}
