package regapitest

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// bidLadders are the bids that can be made for an expiring name, in roubles (8.13).
var bidLadders = map[string][]int64{
	"ru": {0, 225, 590, 750, 2500, 5000, 8000}, "рф": {0, 225, 590, 750, 2500, 5000, 8000}, "su": {0, 400, 590, 750, 2500, 5000, 8000},
}

// instalmentPrice is what Partners may pay first (8.12).
const instalmentPrice = 225_00

// reregSorts are the columns of sortcol (8.11).
var reregSorts = map[string]func(a, b *registryName) int{
	"name":  func(a, b *registryName) int { return cmp.Compare(a.Name, b.Name) },
	"price": func(a, b *registryName) int { return cmp.Compare(a.blitzPrice, b.blitzPrice) },
	"fdate": func(a, b *registryName) int { return cmp.Compare(a.Created, b.Created) },
	"date":  func(a, b *registryName) int { return cmp.Compare(a.Expires, b.Expires) },
	"pr":    func(a, b *registryName) int { return cmp.Compare(a.PageRank, b.PageRank) },
	"cy":    func(a, b *registryName) int { return cmp.Compare(a.TIC, b.TIC) },
	"reg":   func(a, b *registryName) int { return cmp.Compare(a.Registrar, b.Registrar) },
	"views": func(a, b *registryName) int { return cmp.Compare(a.Views, b.Views) },
	"vis":   func(a, b *registryName) int { return cmp.Compare(a.Visitors, b.Visitors) },
	"sch":   func(a, b *registryName) int { return cmp.Compare(a.Traffic, b.Traffic) },
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
	names := slices.DeleteFunc(c.srv.state.expiring(), func(n *registryName) bool { return !c.wantsExpiring(n, limits) })
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
	if query := c.params.Text("search_query"); query != "" && !strings.Contains(n.Queries, query) {
		return false
	}
	if c.flag("kley") && n.Mirrors != "" || c.flag("premium") && !n.Recommended {
		return false
	}
	return utf8.RuneCountInString(shown) <= limits["max_chars"] && n.PageRank >= limits["min_pr"] && n.TIC >= limits["min_cy"] &&
		n.Views >= limits["views"] && n.Visitors >= limits["vis"] && n.Traffic >= limits["traf"] &&
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
		"is_recommended": textNumeral(digit(n.Recommended)), "uni_avg_attendance": textNumeral(int64(n.Visitors)),
		"avg_viewings": textNumeral(int64(n.Views)), "all_avg_traffic": textNumeral(int64(n.Traffic)),
		"search_query_list": orNull(n.Queries), "tic_mirrors": orNull(n.Mirrors),
	}
}

// orNull shows nothing as null.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
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
	placed := map[*element]*bid{}
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
			answers[e.index].(map[string]any)["service_id"] = textNumeral(made.domain.ServiceID)
		}
	}
	for name, value := range billed.answer() {
		answer[name] = value
	}
	return answer, nil
}

// checkBidder checks the contacts, which all bids of a request share.
func (c *call) checkBidder(e *element) *refusal.Error {
	if e.Text("profile_name") != "" {
		_, err := c.orderContacts(e, knownTLDs["ru"], false)
		return err
	}
	contacts := contactsOf(e, contact.RU)
	if len(contacts) == 0 {
		return refusal.New("CONTACTS_NOT_FOUND")
	}
	err := contact.Check(contact.RU, contacts, true)
	if err != nil && err.Code != "UNKNOWN_CONTYPE" {
		return refusal.New("INVALID_CONTACTS")
	}
	return err
}

// checkBid reads a bid and makes the domain that it is to win.
func (c *call) checkBid(e *element) (*bid, *refusal.Error) {
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
	made := &bid{login: c.account.Login, amount: int64(price) * 100, instalment: e.Text("instalment") == "1", autopay: e.Text("autopay") == "1"}
	made.paid = made.amount
	if made.instalment {
		if err := c.checkInstalment(zone); err != nil {
			return nil, err
		}
		made.paid = min(instalmentPrice, made.amount)
	}
	if made.domain, err = c.newWanted(e, name); err != nil {
		return nil, err
	}
	made.domain.bid = made
	if c.test {
		made.domain.ServiceID = exampleFirstID + int64(e.index)
		return made, nil
	}
	return made, c.srv.state.compete(made, given)
}

// checkInstalment tells whether a bid may be paid in instalments: those are for Partners (8.12).
func (c *call) checkInstalment(zone string) *refusal.Error {
	if !c.account.Partner {
		return refusal.New("RESELLER_AUTH_FAILED")
	}
	if zone == "su" {
		return refusal.New("INSTALMENT_NOT_ALLOWED_FOR_SU")
	}
	return nil
}

// newWanted makes the domain that a bidder gets if the bid wins, with the contacts of the request or of a profile.
func (c *call) newWanted(e *element, name string) (*domain, *refusal.Error) {
	zone := tldOf(name)
	contacts, err := c.bidContacts(e, zone)
	if err != nil {
		return nil, err
	}
	hidden, err := takePrivacyFlag(contacts, zone)
	if err != nil {
		return nil, err
	}
	servers, err := nameServersOf(e, name)
	if err != nil {
		return nil, err
	}
	today := dayOf(c.now)
	made, failed := newDomain(name, c.account.Login, Domain{
		NameServers: servers, Contacts: contacts, PrivatePerson: hidden, State: stateInactive, Created: today, Expires: today,
	}, c.now)
	if failed != nil {
		return nil, refusal.New("INTERNAL_ERROR", "error_detail", failed.Error())
	}
	made.process = &process{years: 1}
	return made, nil
}

func (c *call) bidContacts(e *element, zone tld) (map[string]string, *refusal.Error) {
	if kind := e.Text("profile_type"); kind != "" {
		return c.profile(kind, e.Text("profile_name"), zone)
	}
	return contactsOf(e, zone.contacts), nil
}

// compete tells whether a bid is above all that there are.
func (s *state) compete(made *bid, given string) *refusal.Error {
	name := s.auctions[made.domain.Name]
	if name == nil {
		return refusal.New("REREG_NOT_FOUND", "domain_name", given)
	}
	highest := name.highest()
	switch {
	case highest != nil && highest.amount >= made.amount && highest.login == made.login:
		return refusal.New("YOUR_SAME_OR_MORE_BID_FOUND")
	case highest != nil && highest.amount >= made.amount:
		return refusal.New("SAME_OR_MORE_BID_FOUND")
	case name.blitzPrice > 0 && made.amount > name.blitzPrice, made.amount < name.startPrice:
		return refusal.New("INVALID_BID")
	default:
		return nil
	}
}

// chargeBids writes the bill for the bids of a request. Each counts once it is paid.
func (c *call) chargeBids(elements []*element, placed map[*element]*bid) (*bill, *refusal.Error) {
	orders := []order{}
	for _, e := range elements {
		if made := placed[e]; made != nil {
			orders = append(orders, order{service: made.domain.service, action: actionNew, amount: made.paid, effect: effectBid})
		}
	}
	if c.test {
		return c.charge(orders...)
	}
	for _, o := range orders {
		// Its parts have been checked.
		if err := c.srv.state.register(o.service, c.now); err != nil {
			return nil, refusal.New("INTERNAL_ERROR", "error_detail", err.Error())
		}
	}
	billed, err := c.charge(orders...)
	if err != nil {
		for _, o := range orders {
			c.srv.state.forgetService(o.service)
		}
	}
	return billed, err
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
	for _, name := range c.srv.state.expiring() {
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
			return n.bids[index]
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
		"dname": dnszone.UnicodeName(n.Name), "tld": dnszone.UnicodeName(tldOf(n.Name).name), "is_active": numeral{digits: strconv.FormatInt(digit(open), 10), number: true},
		"is_recommended": numeral{digits: "0", number: true}, "first_create_date": n.Created, "delete_date": n.Expires, "registrar": n.Registrar,
		"user_bid": number(own.amount), "max_bid": number(n.currentPrice()), "next_price": next, "blitz_price": number(n.blitzPrice),
		"yandex_tic": numeral{digits: strconv.Itoa(n.TIC), number: true}, "google_pr": numeral{digits: strconv.Itoa(n.PageRank), number: true},
		"uni_avg_attendance": nil, "avg_viewings": nil, "all_avg_traffic": nil, "search_query_list": nil,
	}
}
