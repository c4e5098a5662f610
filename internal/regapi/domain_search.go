package regapi

import "context"

// SuggestQuery says what names to suggest.
type SuggestQuery struct {
	// Word is required; AdditionalWord is put beside it.
	Word, AdditionalWord string
	// Category is "pattern", "search_trends" or "all", which an empty one means, too.
	Category string
	// TLDs are the zones to look in, such as "ru" and "рф"; all that are documented if empty.
	TLDs []string
	// UseHyphen puts a hyphen between words.
	UseHyphen bool
}

// Suggestion is a name and the zones where it is free.
type Suggestion struct {
	Name    string   `json:"name"`
	AvailIn []string `json:"avail_in"`
}

// GetSuggest returns up to 100 free names; Partners only (8.3).
func (s *DomainService) GetSuggest(ctx context.Context, query SuggestQuery) ([]Suggestion, error) {
	const function = "domain/get_suggest"
	if query.Word == "" {
		return nil, refuse(function, CodeParameterMissing, "word required")
	}
	params := parameters{"word": query.Word}
	params.text("additional_word", query.AdditionalWord)
	params.text("category", query.Category)
	params.texts("tlds", query.TLDs)
	params.flag("use_hyphen", query.UseHyphen)
	return members[Suggestion](ctx, s.client, function, params, "suggestions")
}

// DeletedQuery says which deleted domains to return.
type DeletedQuery struct {
	// TLDs are of "ru", "рф" and "su"; all if empty.
	TLDs []string
	// DeletedFrom and DeletedTo bound the day of deletion, by at most two months; the last one on
	// which domains were deleted if zero.
	DeletedFrom, DeletedTo Date
	// CreatedFrom and CreatedTo bound the day of the first registration.
	CreatedFrom, CreatedTo Date
	// HideReg keeps only domains that are still free.
	HideReg bool
	// MinPR and MinCY are the least ranks by Google and Yandex.
	MinPR, MinCY int
}

// DeletedDomain is a domain that became free.
type DeletedDomain struct {
	Domain     string `json:"domain_name"`
	DateDelete Date   `json:"date_delete"`
	// Registered is "REGISTERED" if somebody has it again, else "NOT REGISTERED".
	Registered string `json:"registered"`
	// FirstCreateDate is the day of the first registration.
	FirstCreateDate Date `json:"first_create_date"`
	YandexTIC       Int  `json:"yandex_tic"`
	GooglePR        Int  `json:"google_pr"`
}

// GetDeleted returns up to 50000 domains that became free; Partners only (8.5).
func (s *DomainService) GetDeleted(ctx context.Context, query DeletedQuery) ([]DeletedDomain, error) {
	params := parameters{}
	params.texts("tlds", query.TLDs)
	params.date("deleted_from", query.DeletedFrom)
	params.date("deleted_to", query.DeletedTo)
	params.date("created_from", query.CreatedFrom)
	params.date("created_to", query.CreatedTo)
	params.flag("hidereg", query.HideReg)
	params.number("min_pr", query.MinPR)
	params.number("min_cy", query.MinCY)
	return members[DeletedDomain](ctx, s.client, "domain/get_deleted", params, "domains")
}

// CheckQuery says what to check names for.
type CheckQuery struct {
	// IsTransfer checks whether the domain can be transferred to the registrar, not whether it is
	// free.
	IsTransfer bool
	// PremiumAsTaken answers that premium domains are taken.
	PremiumAsTaken bool
	// Currency of the prices of premium domains: RUR, USD, EUR or UAH; RUR if empty.
	Currency string
}

// Availability tells whether a name can be registered or transferred.
type Availability struct {
	// DomainResult has no Err if it can, and else the reason, such as DOMAIN_ALREADY_EXISTS.
	DomainResult
	// IsPremium marks premium domains, whose prices for a year follow.
	IsPremium         bool
	Price, RenewPrice Money
	Currency          string
}

// Check tells whether up to 1000 names can be registered; Partners only (8.6).
func (s *DomainService) Check(ctx context.Context, query CheckQuery, names ...string) ([]Availability, error) {
	params := parameters{}
	params.flag("is_transfer", query.IsTransfer)
	params.flag("premium_as_taken", query.PremiumAsTaken)
	params.text("currency", query.Currency)
	type element struct {
		IsPremium  flag  `json:"is_premium"`
		Price      Money `json:"price"`
		RenewPrice Money `json:"renew_price"`
		Currency   Text  `json:"currency"`
	}
	return collect(ctx, s.client, listCall{
		function: "domain/check", kind: domainList, refs: byNames(names), params: params,
		succeeded: successWord("Available"),
	}, func(result DomainResult, e element) Availability {
		return Availability{
			DomainResult: result, IsPremium: bool(e.IsPremium),
			Price: e.Price, RenewPrice: e.RenewPrice, Currency: string(e.Currency),
		}
	})
}

func byNames(names []string) []DomainRef {
	refs := make([]DomainRef, len(names))
	for i, name := range names {
		refs[i] = ByName(name)
	}
	return refs
}

// TLDInfo are the rules of a zone (8.27). Days count from or to the date that each says.
type TLDInfo struct {
	TLD string
	// EmailVerification: the registrant's address has to be verified.
	EmailVerification bool
	// IDNAllowed: names may be written in other alphabets.
	IDNAllowed bool
	// MinDnameLength and MaxDnameLength bound a name, in characters.
	MinDnameLength, MaxDnameLength int
	// MinNSSCount and MaxNSSCount bound the name servers of a delegation.
	MinNSSCount, MaxNSSCount int
	// PrivacyProtectionAllowed: contacts may be hidden in WHOIS.
	PrivacyProtectionAllowed bool
	// RegPeriods and RenewPeriods are the years that can be ordered, as the answer writes them.
	RegPeriods, RenewPeriods string
	// RejectDaysOfRenewAfterCreate: no renewal for so many days after the registration.
	RejectDaysOfRenewAfterCreate int
	// Renewal is possible from so many days before to so many days after the expiry.
	RenewGracePeriodBeforeExpdate, RenewGracePeriodAfterExpdate int
	// RestorationGracePeriod: days after that in which the domain can be restored.
	RestorationGracePeriod int
}

// GetTLDInfo returns the rules of a zone, such as "ru" (8.27).
func (s *DomainService) GetTLDInfo(ctx context.Context, tld string) (TLDInfo, error) {
	const function = "domain/get_tld_info"
	if tld == "" {
		return TLDInfo{}, refuse(function, CodeNoTLD, "tld not given or empty")
	}
	var answer struct {
		Info tldElement `json:"tld_info"`
	}
	err := s.client.Call(ctx, function, parameters{"tld": tld}, requiring("tld_info", &answer))
	return answer.Info.info(), err
}

// tldElement is a zone as the answer writes it.
type tldElement struct {
	TLD                           Text `json:"tld"`
	EmailVerification             flag `json:"email_verification"`
	IDNAllowed                    flag `json:"idn_allowed"`
	MinDnameLength                Int  `json:"min_dname_length"`
	MaxDnameLength                Int  `json:"max_dname_length"`
	MinNSSCount                   Int  `json:"min_nss_count"`
	MaxNSSCount                   Int  `json:"max_nss_count"`
	PrivacyProtectionAllowed      flag `json:"privacy_protection_allowed"`
	RegPeriods                    Text `json:"regperiods"`
	RenewPeriods                  Text `json:"renewperiods"`
	RejectDaysOfRenewAfterCreate  Int  `json:"reject_days_of_renew_after_create"`
	RenewGracePeriodBeforeExpdate Int  `json:"renew_grace_period_before_expdate"`
	RenewGracePeriodAfterExpdate  Int  `json:"renew_grace_period_after_expdate"`
	RestorationGracePeriod        Int  `json:"restoration_grace_period"`
}

func (e tldElement) info() TLDInfo {
	return TLDInfo{
		TLD:                           string(e.TLD),
		EmailVerification:             bool(e.EmailVerification),
		IDNAllowed:                    bool(e.IDNAllowed),
		MinDnameLength:                int(e.MinDnameLength),
		MaxDnameLength:                int(e.MaxDnameLength),
		MinNSSCount:                   int(e.MinNSSCount),
		MaxNSSCount:                   int(e.MaxNSSCount),
		PrivacyProtectionAllowed:      bool(e.PrivacyProtectionAllowed),
		RegPeriods:                    string(e.RegPeriods),
		RenewPeriods:                  string(e.RenewPeriods),
		RejectDaysOfRenewAfterCreate:  int(e.RejectDaysOfRenewAfterCreate),
		RenewGracePeriodBeforeExpdate: int(e.RenewGracePeriodBeforeExpdate),
		RenewGracePeriodAfterExpdate:  int(e.RenewGracePeriodAfterExpdate),
		RestorationGracePeriod:        int(e.RestorationGracePeriod),
	}
}
