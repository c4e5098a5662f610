package regapi

import (
	"context"
	"encoding/json"
)

// ReregQuery selects domains about to become free (8.11). Zero values select nothing.
type ReregQuery struct {
	// Names are the domains to look at.
	Names []string
	// DnameMatching is a pattern of names; SearchQuery a search query that leads to the domain.
	DnameMatching, SearchQuery string
	// MaxChars is the length of the name at most.
	MaxChars int
	// MinPR and MinCY are the least ranks by Google and Yandex.
	MinPR, MinCY int
	// Kley keeps domains without known mirrors.
	Kley bool
	// Zone is "ru", "su" or "рф".
	Zone string
	// Views, Vis and Traf are the least views, visitors and searches in a month.
	Views, Vis, Traf int
	// Price is the highest present price, in roubles.
	Price      Money
	Registrar  string
	DeleteDate Date
	// SortCol is name, price, fdate, date, pr, cy, views, vis, sch or reg.
	SortCol string
	// Premium keeps premium domains.
	Premium bool
	// Limit is how many to return at most, 1000 if 0; LimitFrom is how many to skip.
	Limit, LimitFrom int
}

func (q ReregQuery) params() parameters {
	params := parameters{}
	if len(q.Names) > 0 {
		params["domains"] = byNames(q.Names)
	}
	params.text("dname_matching", q.DnameMatching)
	params.text("search_query", q.SearchQuery)
	params.number("max_chars", q.MaxChars)
	params.number("min_pr", q.MinPR)
	params.number("min_cy", q.MinCY)
	params.flag("kley", q.Kley)
	params.text("zone", q.Zone)
	params.number("views", q.Views)
	params.number("vis", q.Vis)
	params.number("traf", q.Traf)
	params.text("price", string(q.Price))
	params.text("registrar", q.Registrar)
	params.date("delete_date", q.DeleteDate)
	params.text("sortcol", q.SortCol)
	params.flag("premium", q.Premium)
	params.number("limit", q.Limit)
	params.number("limit_from", q.LimitFrom)
	return params
}

// ReregDomain is a domain about to become free, with prices in roubles (8.11).
type ReregDomain struct {
	Domain string `json:"dname"`
	TLD    string `json:"tld"`
	// FirstCreateDate is the day of the first registration, DeleteDate that of the deletion.
	FirstCreateDate Date `json:"first_create_date"`
	DeleteDate      Date `json:"delete_date"`
	// StartPrice and Bid, the least and the last bid, are shown to large clients.
	StartPrice Money `json:"start_price"`
	Bid        Money `json:"bid"`
	// Price is the highest bid; BlitzPrice ends the bidding.
	Price      Money `json:"price"`
	BlitzPrice Money `json:"blitz_price"`
	// UniAvgAttendance, AvgViewings and AllAvgTraffic are visitors, views and traffic of a day.
	UniAvgAttendance Int  `json:"uni_avg_attendance"`
	AvgViewings      Int  `json:"avg_viewings"`
	AllAvgTraffic    Int  `json:"all_avg_traffic"`
	SearchQueryList  Text `json:"search_query_list"`
	YandexTIC        Int  `json:"yandex_tic"`
	// TICMirrors are mirrors known to Yandex.
	TICMirrors Text   `json:"tic_mirrors"`
	GooglePR   Int    `json:"google_pr"`
	Registrar  string `json:"registrar"`
	// IsRecommended is 1 for a premium domain.
	IsRecommended Int `json:"is_recommended"`
}

// GetReregData returns domains about to become free; Partners only. The list changes every 30
// minutes (8.11).
func (s *DomainService) GetReregData(ctx context.Context, query ReregQuery) ([]ReregDomain, error) {
	return members[ReregDomain](ctx, s.client, "domain/get_rereg_data", query.params(), "")
}

// ReregBid is a bid for a domain about to become free.
type ReregBid struct {
	Domain string
	// Price is in roubles, one of the steps of [UserReregBids].
	Price Money
	// Instalment pays 225 roubles now and the rest within ten days of the registration; for
	// Partners.
	Instalment bool
	// Autopay pays the rest of an instalment from the balance.
	Autopay bool
}

// ReregBids are bids, with the contacts and name servers for the registration.
type ReregBids struct {
	Bids     []ReregBid
	Contacts Contacts
	NSS      []NameServer
}

// SetReregBids bids for up to 1000 domains and takes the money from the balance (8.12).
func (s *DomainService) SetReregBids(ctx context.Context, bids ReregBids) (Order, error) {
	call := listCall{function: "domain/set_rereg_bids", kind: domainList}
	if len(bids.Bids) == 0 {
		return Order{}, refuse(call.function, CodeDomainsNotFound, "no domain is named")
	}
	for _, bid := range bids.Bids {
		extra := parameters{"price": json.Number(bid.Price.String())}
		extra.flag("instalment", bid.Instalment)
		extra.flag("autopay", bid.Autopay)
		call.refs, call.extras = append(call.refs, ByName(bid.Domain)), append(call.extras, extra)
	}
	params := parameters{}
	params.contacts(bids.Contacts)
	params.nss(bids.NSS)
	call.params = params
	return s.order(ctx, call)
}

// UserReregDomain is a domain that the account has bid for, with prices in roubles (8.13).
type UserReregDomain struct {
	ReregDomain
	// IsActive is 1 while bids are taken.
	IsActive Int `json:"is_active"`
	// UserBid is the account's last bid, MaxBid the highest of all; NextPrice is the least next
	// one, "" when no bids are taken.
	UserBid   Money `json:"user_bid"`
	MaxBid    Money `json:"max_bid"`
	NextPrice Money `json:"next_price"`
}

// UserReregBids are the bids of the account.
type UserReregBids struct {
	Domains []UserReregDomain
	// Steps are the bids that can be made, in roubles, by zone.
	Steps map[string][]Money
}

// GetUserReregBids returns the bids of the account, those that others have outbid included (8.13).
func (s *DomainService) GetUserReregBids(ctx context.Context) (UserReregBids, error) {
	var bids struct {
		Domains each[UserReregDomain] `json:"domains"`
		Steps   map[string][]Money    `json:"rereg_bids"`
	}
	err := s.client.Call(ctx, "domain/get_user_rereg_bids", nil, requiring("domains", &bids))
	return UserReregBids{Domains: bids.Domains, Steps: bids.Steps}, err
}
