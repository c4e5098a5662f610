package regapitest

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// bidLadders are the bids that can be made for an expiring name, in roubles (8.13).
var bidLadders = map[string][]int64{
	"ru": {0, 225, 590, 750, 2500, 5000, 8000}, "рф": {0, 225, 590, 750, 2500, 5000, 8000}, "su": {0, 400, 590, 750, 2500, 5000, 8000},
}

// instalmentPrice is what Partners may pay first (8.12).
const instalmentPrice = 225_00

// reregSorts are the columns of sortcol (8.11); those of traffic have nothing to sort by here.
var reregSorts = map[string]func(a, b *registryName) int{
	"name":  func(a, b *registryName) int { return cmp.Compare(a.Name, b.Name) },
	"price": func(a, b *registryName) int { return cmp.Compare(a.blitzPrice, b.blitzPrice) },
	"fdate": func(a, b *registryName) int { return cmp.Compare(a.Created, b.Created) },
	"date":  func(a, b *registryName) int { return cmp.Compare(a.Expires, b.Expires) },
	"pr":    func(a, b *registryName) int { return cmp.Compare(a.PageRank, b.PageRank) },
	"cy":    func(a, b *registryName) int { return cmp.Compare(a.TIC, b.TIC) },
	"reg":   func(a, b *registryName) int { return cmp.Compare(a.Registrar, b.Registrar) },
	"views": nil, "vis": nil, "sch": nil,
}

// listExpiring lists names that are about to become free (8.11). Its answer is a list itself.
func listExpiring(c *call) (map[string]any, *refusal.Error) {
	const most = 1000
	limits, err := c.numbers(map[string]int{
		"max_chars": dnszone.MaxNameLength, "min_pr": 0, "min_cy": 0, "price": 1 << 30, "limit": most, "limit_from": 0, "views": 0, "vis": 0, "traf": 0,
	})
	if err != nil {
		return nil, err
	}
	order, known := reregSorts[c.params.Text("sortcol")]
	if !known && c.params.Text("sortcol") != "" {
		return nil, refusal.Incorrect("sortcol")
	}
	if limits["limit"] > most {
		return nil, refusal.Incorrect("limit")
	}
	if c.test {
		return map[string]any{wholeAnswer: exampleExpiring}, nil
	}
	names := slices.DeleteFunc(c.srv.state.registryNames(nameExpiring), func(n *registryName) bool { return !c.wantsExpiring(n, limits) })
	if order != nil {
		slices.SortStableFunc(names, order)
	}
	from := min(limits["limit_from"], len(names))
	shown := []any{}
	for _, name := range names[from:min(from+limits["limit"], len(names))] {
		shown = append(shown, name.shownExpiring())
	}
	c.entry.Elements = len(shown)
	return map[string]any{wholeAnswer: shown}, nil
}

// numbers reads parameters that are whole numbers, with their defaults.
func (c *call) numbers(defaults map[string]int) (map[string]int, *refusal.Error) {
	for name := range defaults {
		text := c.params.Text(name)
		if text == "" {
			continue
		}
		number, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return nil, refusal.Incorrect(name)
		}
		defaults[name] = int(number)
	}
	return defaults, nil
}

func (c *call) wantsExpiring(n *registryName, limits map[string]int) bool {
	shown := dnszone.UnicodeName(n.Name)
	if pattern := c.params.Text("dname_matching"); pattern != "" {
		if matched, err := path.Match("*"+pattern+"*", shown); err != nil || !matched {
			return false
		}
	}
	for name, value := range map[string]string{
		"zone": dnszone.UnicodeName(tldOf(n.Name).name), "registrar": n.Registrar, "delete_date": n.Expires,
	} {
		if wanted := c.params.Text(name); wanted != "" && wanted != value {
			return false
		}
	}
	if list, ok := c.params.Value(domainsList).([]any); ok && !slices.ContainsFunc(c.spread(list), func(e *element) bool { return e.means(n.Name) }) {
		return false
	}
	return utf8.RuneCountInString(shown) <= limits["max_chars"] && n.PageRank >= limits["min_pr"] && n.TIC >= limits["min_cy"] &&
		n.currentPrice() <= int64(limits["price"])*100
}

// means tells whether an element gives a canonical name.
func (e *element) means(name string) bool {
	canonical, err := dnszone.CanonicalDomain(e.givenName())
	return err == nil && canonical == name
}

// currentPrice is the last bid or, before there is one, what the bidding starts with.
func (n *registryName) currentPrice() int64 {
	if highest := n.highest(); highest != nil {
		return highest.amount
	}
	return n.startPrice
}

// kopecks shows an amount with two decimals, as the examples of bids do.
func kopecks(hundredths int64) string {
	return strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
}

func (n *registryName) shownExpiring() map[string]any {
	return map[string]any{
		"dname": dnszone.UnicodeName(n.Name), "tld": dnszone.UnicodeName(tldOf(n.Name).name), "first_create_date": n.Created, "delete_date": n.Expires,
		"start_price": kopecks(n.startPrice), "bid": kopecks(n.currentPrice()), "price": kopecks(n.currentPrice()), "blitz_price": kopecks(n.blitzPrice),
		"yandex_tic": textNumeral(int64(n.TIC)), "google_pr": textNumeral(int64(n.PageRank)), "registrar": n.Registrar,
		"is_recommended": textNumeral(0), "uni_avg_attendance": textNumeral(0), "avg_viewings": textNumeral(0), "all_avg_traffic": textNumeral(0),
		"search_query_list": nil, "tic_mirrors": nil,
	}
}

// placeBids bids for expiring names (8.12). A bid is paid at once; who is outbid gets the money back.
func placeBids(c *call) (map[string]any, *refusal.Error) {
	if !c.params.Has(domainsList) {
		return nil, refusal.New("DOMAINS_NOT_FOUND")
	}
	elements, err := c.elements()
	if err != nil {
		return nil, refusal.New("DOMAINS_NOT_FOUND")
	}
	if err := c.checkBidder(elements[0]); err != nil {
		return nil, err
	}
	placed := map[*element]*placedBid{}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) {
		made, err := c.checkBid(e)
		if err != nil {
			return nil, err
		}
		placed[e] = made
		return map[string]any{"dname": e.givenName(), "result": "success"}, nil
	})
	answer := map[string]any{domainsList: answers}
	if err != nil || len(placed) == 0 {
		return answer, err
	}
	billed, err := c.chargeBids(elements, placed)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		if made := placed[e]; made != nil {
			answers[e.index].(map[string]any)["service_id"] = textNumeral(made.bid.serviceID)
		}
	}
	for name, value := range billed.answer() {
		answer[name] = value
	}
	return answer, nil
}

// placedBid is a bid with the name that it is for.
type placedBid struct {
	name *registryName
	bid  bid
}

// checkBidder checks the contacts, which all bids of a request share.
func (c *call) checkBidder(e *element) *refusal.Error {
	if e.Text("profile_name") != "" {
		_, err := c.orderContacts(e, knownTLDs["ru"], false)
		return err
	}
	contacts := contactsOf(e, schemeRU)
	if len(contacts) == 0 {
		return refusal.New("CONTACTS_NOT_FOUND")
	}
	err := checkContacts(schemeRU, contacts, true)
	if err != nil && err.Code != "UNKNOWN_CONTYPE" {
		return refusal.New("INVALID_CONTACTS")
	}
	return err
}

func (c *call) checkBid(e *element) (*placedBid, *refusal.Error) {
	given := e.givenName()
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	price, failed := strconv.ParseFloat(e.Text("price"), 64)
	if failed != nil {
		return nil, refusal.New("INVALID_BID")
	}
	zone := dnszone.UnicodeName(tldOf(name).name)
	if price <= 0 || price != math.Trunc(price) || !slices.Contains(bidLadders[zone], int64(price)) {
		return nil, refusal.New("INVALID_BID")
	}
	made := &placedBid{bid: bid{
		login: c.account.Login, amount: int64(price) * 100, contacts: contactsOf(e, schemeRU), instalment: e.Text("instalment") == "1",
	}}
	made.bid.paid = made.bid.amount
	if made.bid.instalment {
		if zone == "su" {
			return nil, refusal.New("INSTALMENT_NOT_ALLOWED_FOR_SU")
		}
		made.bid.paid = instalmentPrice
	}
	if made.bid.servers, err = nameServersOf(e, name); err != nil {
		return nil, err
	}
	if c.test {
		made.name = &registryName{RegistryName: RegistryName{Name: name}}
		return made, nil
	}
	made.name = c.srv.state.registry[name]
	return made, made.compete(given)
}

// compete tells whether the bid is above all that there are.
func (p *placedBid) compete(given string) *refusal.Error {
	if p.name == nil || p.name.Status != nameExpiring {
		return refusal.New("REREG_NOT_FOUND", "domain_name", given)
	}
	highest := p.name.highest()
	switch {
	case highest != nil && highest.amount >= p.bid.amount && highest.login == p.bid.login:
		return refusal.New("YOUR_SAME_OR_MORE_BID_FOUND")
	case highest != nil && highest.amount >= p.bid.amount:
		return refusal.New("SAME_OR_MORE_BID_FOUND")
	case p.name.blitzPrice > 0 && p.bid.amount > p.name.blitzPrice, p.bid.amount < p.name.startPrice:
		return refusal.New("INVALID_BID")
	default:
		return nil
	}
}

// chargeBids pays the bids and makes them count, in the order of the request.
func (c *call) chargeBids(elements []*element, placed map[*element]*placedBid) (*bill, *refusal.Error) {
	orders := []order{}
	for _, e := range elements {
		made := placed[e]
		if made == nil {
			continue
		}
		made.bid.serviceID = exampleFirstID + int64(e.index)
		if !c.test {
			made.bid.serviceID = c.srv.state.freshID()
		}
		wanted := &service{Name: made.name.Name, owner: c.account.Login, Service: Service{
			Servtype: domainType, Domain: made.name.Name, ServiceID: made.bid.serviceID, State: stateInactive,
			Created: c.now.Format(time.DateOnly), Expires: c.now.Format(time.DateOnly),
		}}
		state := c.srv.state
		orders = append(orders, order{
			service: wanted, action: actionNew, amount: made.bid.paid,
			fulfil: func(time.Time) { state.countBid(made) },
		})
	}
	return c.charge(orders...)
}

func (s *state) countBid(made *placedBid) {
	if outbid := made.name.highest(); outbid != nil {
		s.accounts[outbid.login].balance.prepay += outbid.paid
	}
	made.name.bids = append(made.name.bids, made.bid)
}

// listBids lists the names that the account bid for, also those that others bid more for (8.13).
func listBids(c *call) (map[string]any, *refusal.Error) {
	ladders := map[string]any{}
	for zone, ladder := range bidLadders {
		steps := []any{}
		for _, step := range ladder {
			steps = append(steps, numeral{digits: strconv.FormatInt(step, 10), number: true})
		}
		ladders[zone] = steps
	}
	if c.test {
		return map[string]any{domainsList: exampleBids, "rereg_bids": ladders}, nil
	}
	shown := []any{}
	for _, name := range c.srv.state.registryNames(nameExpiring) {
		if own := name.bidOf(c.account.Login); own != nil {
			shown = append(shown, name.shownBid(own))
		}
	}
	return map[string]any{domainsList: shown, "rereg_bids": ladders}, nil
}

// bidOf returns an account's last bid.
func (n *registryName) bidOf(login string) *bid {
	for index := len(n.bids) - 1; index >= 0; index-- {
		if n.bids[index].login == login {
			return &n.bids[index]
		}
	}
	return nil
}

func (n *registryName) shownBid(own *bid) map[string]any {
	number := func(hundredths int64) numeral { return numeral{digits: kopecks(hundredths), number: true} }
	open := n.blitzPrice == 0 || n.currentPrice() < n.blitzPrice
	next := any(nil)
	for _, step := range bidLadders[dnszone.UnicodeName(tldOf(n.Name).name)] {
		if open && step*100 > n.currentPrice() {
			next = number(step * 100)
			break
		}
	}
	return map[string]any{
		"dname": dnszone.UnicodeName(n.Name), "tld": dnszone.UnicodeName(tldOf(n.Name).name), "is_active": numeral{digits: strconv.FormatInt(flag(open), 10), number: true},
		"is_recommended": numeral{digits: "0", number: true}, "first_create_date": n.Created, "delete_date": n.Expires, "registrar": n.Registrar,
		"user_bid": number(own.amount), "max_bid": number(n.currentPrice()), "next_price": next, "blitz_price": number(n.blitzPrice),
		"yandex_tic": numeral{digits: strconv.Itoa(n.TIC), number: true}, "google_pr": numeral{digits: strconv.Itoa(n.PageRank), number: true},
		"uni_avg_attendance": nil, "avg_viewings": nil, "all_avg_traffic": nil, "search_query_list": nil,
	}
}
