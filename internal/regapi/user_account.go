package regapi

import "context"

// Statistics counts what the account holds (5.3). A count that the answer leaves out is 0.
type Statistics struct {
	// CostsForPeriod is what was spent in the period.
	CostsForPeriod Money `json:"costs_for_period"`
	// ActiveDomains includes those under partial control, which ActiveDomainsGetCtrl counts.
	ActiveDomains        Int `json:"active_domains_cnt"`
	ActiveDomainsGetCtrl Int `json:"active_domains_get_ctrl_cnt"`
	// RenewDomains have to be renewed; RenewDomainsGetCtrl are those among them under partial
	// control.
	RenewDomains        Int `json:"renew_domains_cnt"`
	RenewDomainsGetCtrl Int `json:"renew_domains_get_ctrl_cnt"`
	// TransInDomains wait for their transfer to the registrar.
	TransInDomains     Int `json:"trans_in_domains_cnt"`
	UndelegatedDomains Int `json:"undelegated_domains_cnt"`
	// RegDomains were registered in the period.
	RegDomains    Int `json:"reg_domains_cnt"`
	DomainFolders Int `json:"domain_folders_cnt"`
}

// GetStatistics counts what the account holds. A date that is zero leaves the period open (5.3).
func (s *UserService) GetStatistics(ctx context.Context, from, till Date) (Statistics, error) {
	params := parameters{}
	params.date("date_from", from)
	params.date("date_till", till)
	var statistics Statistics
	err := s.client.Call(ctx, "user/get_statistics", params, tolerating(&statistics))
	return statistics, err
}

// ResellerURL is where an external service sends its user.
type ResellerURL struct {
	// ServType is "srv_seowizard".
	ServType string
	// URLType is "refill" or "refund".
	URLType string
	// URL may hold the tokens <service_id> and <email>, which are replaced.
	URL string
}

func (u ResellerURL) params() parameters {
	return parameters{"servtype": u.ServType, "url_type": u.URLType}
}

// SetResellerURL sets where an external service sends its user; Partners only (5.5).
func (s *UserService) SetResellerURL(ctx context.Context, url ResellerURL) error {
	params := url.params()
	params["url"] = url.URL
	return s.client.Call(ctx, "user/set_reseller_url", params, nil)
}

// GetResellerURL returns where an external service sends its user, given type of service and of
// URL; Partners only (5.6).
func (s *UserService) GetResellerURL(ctx context.Context, servType, urlType string) (ResellerURL, error) {
	url := ResellerURL{ServType: servType, URLType: urlType}
	var answer struct {
		URL string `json:"url"`
	}
	err := s.client.Call(ctx, "user/get_reseller_url", url.params(), requiring("url", &answer))
	url.URL = answer.URL
	return url, err
}

// BalanceRefill asks for a bill that puts money on the account by WebMoney.
type BalanceRefill struct {
	WMID string
	// Currency is USD, EUR or UAH.
	Currency string
	Amount   Money
}

// RefillBill is the bill of a [BalanceRefill].
type RefillBill struct {
	BillID ID `json:"bill_id"`
	// PayType is "WM".
	PayType PayType `json:"pay_type"`
	// Payment is what the account gets, TotalPayment what has to be paid in Currency.
	Payment      Money  `json:"payment"`
	TotalPayment Money  `json:"total_payment"`
	Currency     string `json:"currency"`
	PayNotes     string `json:"pay_notes"`
	// WMInvID is WebMoney's number of the bill; 0 may mean that WebMoney could not be reached.
	WMInvID ID `json:"wm_invid"`
}

// RefillBalance makes a bill that puts money on the account (5.5 of the older edition; the newer
// one has dropped it).
func (s *UserService) RefillBalance(ctx context.Context, refill BalanceRefill) (RefillBill, error) {
	var bill RefillBill
	err := s.client.Call(ctx, "user/refill_balance", parameters{
		"pay_type": "WM", "wmid": refill.WMID, "currency": refill.Currency, "amount": string(refill.Amount),
	}, requiring("bill_id", &bill))
	return bill, err
}
