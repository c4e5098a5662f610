package regapitest

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// How much happens in a year.
const (
	yearAccounts = 10
	yearDomains  = 1000
	yearDays     = 365
)

// A year of 1,000 domains goes by on the simulated clock: registrations, renewals by nobody, by the registrar and by the owner, transfers, lapses,
// back-orders and gifts, under faults and with people and registries acting beside. At the end the books balance.
func TestTheBooksOfAYearBalance(t *testing.T) {
	newYear(t, 1).pass()
	for began, seed := time.Now(), uint64(2); time.Since(began) < *years; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newYear(t, seed).pass() })
	}
}

// years is for looking further: go test -run TheBooksOfAYear -timeout 2h ./internal/regapi/regapitest -years 1h.
var years = flag.Duration("years", 0, "how long to go on with years of further seeds")

// year is the world with those who act in it. They are careless: they try again what may have been done, and never read an answer twice.
type year struct {
	*world
	chance *rand.Rand
	client http.Client
	// invested is what each account was given, in hundredths of a rouble, as this test counts it.
	invested map[string]int64
	// began are the ends of the paid periods of seeded domains; owners renew those of owned themselves.
	began map[int64]string
	owned map[int64]bool
}

var yearZones = []string{"ru", "ru", "ru", "su", "com", "com", "org", "academy", "eu"}

func newYear(t *testing.T, seed uint64) *year {
	t.Helper()
	y := &year{chance: rand.New(rand.NewPCG(seed, 7)), invested: map[string]int64{}, began: map[int64]string{}, owned: map[int64]bool{}}
	y.world = newWorld(t, WithSeed(seed), WithHourlyLimit(0), WithJournalLimit(10))
	y.client = http.Client{Transport: y.Transport()}
	for n := range yearAccounts {
		y.AddAccount(Account{Login: owner(n), Password: "x", Partner: true, Balance: Balance{Prepay: "30000"}, Profiles: []Profile{
			{Type: "RU.PP", Name: "home"}, {Type: "GTLD", Name: "home"}, {Type: "EU", Name: "home"},
		}})
		y.invested[owner(n)] = 30000_00
	}
	for n := range yearDomains {
		expires := dayOf(epoch.AddDate(0, 0, 1+y.chance.IntN(yearDays)))
		id, renewer := int64(10_000+n), y.chance.IntN(3)
		y.began[id], y.owned[id] = expires, renewer == 2
		y.AddDomain(owner(n%yearAccounts), Domain{
			Name: fmt.Sprintf("d%d.%s", n, y.zone()), ServiceID: id, Created: "2020-01-01", Expires: expires, Autorenew: renewer == 1,
		})
	}
	for n := range 60 {
		y.AddRegistryName(RegistryName{Name: fmt.Sprintf("t%d.ru", n), AuthInfo: "secret-key", Created: "2020-01-01", Expires: "2028-06-01", Confirm: n%3 == 0})
		y.AddRegistryName(RegistryName{Name: fmt.Sprintf("p%d.ru", n), Status: namePremium, Price: "2000", RenewPrice: "1500"})
	}
	for _, kind := range []FaultKind{FaultDropAnswer, FaultDropRequest, FaultErrorAfter, FaultError, FaultElementError, FaultTruncated} {
		y.Inject(Fault{Kind: kind, Probability: 0.015})
	}
	return y
}

func owner(n int) string { return fmt.Sprintf("owner%d", n) }

func (y *year) zone() string { return yearZones[y.chance.IntN(len(yearZones))] }

// often tells whether something happens that happens so often.
func (y *year) often(probability float64) bool { return y.chance.Float64() < probability }

// pick chooses one of several words.
func (y *year) pick(words ...string) string { return words[y.chance.IntN(len(words))] }

// pass lets the year go by and some more in which nobody does anything.
func (y *year) pass() {
	y.t.Helper()
	for today := range yearDays {
		y.clock.Advance(day)
		y.beside()
		for n := range yearAccounts {
			y.act(owner(n), today%7 == n%7)
		}
		if today%30 == 0 {
			y.audit()
		}
		if today == yearDays/2 {
			y.wantRestorable()
		}
	}
	y.ClearFaults()
	y.SetDelays(Delays{Order: new(time.Duration), Renewal: new(time.Duration)})
	for range 15 {
		y.clock.Advance(30 * day)
		y.ask(owner(0), "nop", map[string]any{})
	}
	y.audit()
	y.wantWaysOut()
}

// ask calls a function; the answer is empty when it was lost.
func (y *year) ask(login, function string, input map[string]any) answer {
	y.t.Helper()
	text, err := json.Marshal(input)
	if err != nil {
		y.t.Fatal(err)
	}
	response, err := y.client.PostForm(y.URL()+function, url.Values{
		"username": {login}, "password": {"x"}, "input_format": {"json"}, "input_data": {string(text)},
	})
	var got answer
	if err != nil {
		return got
	}
	defer response.Body.Close()
	if json.NewDecoder(response.Body).Decode(&got) != nil {
		return answer{}
	}
	return got
}

// act is a day in the life of an account; some things are done once a week.
func (y *year) act(login string, weekly bool) {
	y.t.Helper()
	if y.often(0.05) {
		y.TopUp(login, "5000")
		y.invested[login] += 5000_00
	}
	if y.often(0.1) {
		y.order(login, "domain/create", fmt.Sprintf("n%d.%s", y.chance.IntN(200), y.zone()), nil)
	}
	if y.often(0.02) {
		y.order(login, "domain/create", fmt.Sprintf("p%d.ru", y.chance.IntN(60)), map[string]any{"reg_premium": 1})
	}
	if y.often(0.05) {
		key := y.pick("secret-key", "secret-key", "another-key")
		y.order(login, "domain/transfer", fmt.Sprintf("t%d.ru", y.chance.IntN(60)), map[string]any{"authinfo": key})
	}
	if weekly {
		y.renewDue(login)
		y.payBills(login)
		y.bid(login)
		y.deeds(login)
	}
}

// order registers or transfers a name, in one of the ways to pay, and now and then twice.
func (y *year) order(login, function, name string, more map[string]any) {
	y.t.Helper()
	profile := map[string]string{"ru": "RU.PP", "su": "RU.PP", "eu": "EU"}[topLevel(name)]
	if profile == "" {
		profile = "GTLD"
	}
	input := map[string]any{
		"domain_name": name, "profile_type": profile, "profile_name": "home", "nss": map[string]any{"ns0": "ns1.reg.ru", "ns1": "ns2.reg.ru"},
		"pay_type": y.pick("prepay", "prepay", "bank"), "ok_if_no_money": y.chance.IntN(2), "user_servid": fmt.Sprintf("%08x", y.chance.Uint32()),
		"period": 1,
	}
	for field, value := range more {
		input[field] = value
	}
	if name == "" {
		delete(input, "domain_name")
	}
	y.ask(login, function, input)
	if y.often(0.2) {
		y.ask(login, function, input)
	}
}

// renewDue renews what an owner renews and ends within 25 days; what was renewed may be so again.
func (y *year) renewDue(login string) {
	y.t.Helper()
	soon := dayOf(y.clock.Now().AddDate(0, 0, 25))
	listed, _ := y.ask(login, "service/get_list", map[string]any{}).Answer["services"].([]any)
	for _, item := range listed {
		s := item.(map[string]any)
		id := int64(s["service_id"].(float64))
		if s["expiration_date"].(string) > soon || (y.began[id] != "" && !y.owned[id]) || y.often(0.2) {
			continue
		}
		y.ask(login, "service/renew", map[string]any{"service_id": id, "period": 1, "pay_type": y.pick("prepay", "bank")})
	}
}

func (y *year) payBills(login string) {
	y.t.Helper()
	bills, _ := y.ask(login, "bill/get_not_payed", map[string]any{}).Answer["bills"].([]any)
	for _, item := range bills {
		id := item.(map[string]any)["bill_id"]
		switch {
		case y.often(0.6):
			y.ask(login, "bill/change_pay_type", map[string]any{"bills": []any{id}, "pay_type": "prepay", "currency": "RUR"})
		case y.often(0.2):
			y.ask(login, "bill/delete", map[string]any{"bills": []any{id}})
		}
	}
}

func (y *year) bid(login string) {
	y.t.Helper()
	names := y.ask(login, "domain/get_rereg_data", map[string]any{"limit": 3, "limit_from": y.chance.IntN(10)}).List
	for _, item := range names {
		bid := map[string]any{"dname": item.(map[string]any)["dname"], "price": []int{225, 400, 590, 750, 2500}[y.chance.IntN(5)]}
		bid["instalment"], bid["autopay"] = y.chance.IntN(2), y.chance.IntN(2)
		y.ask(login, "domain/set_rereg_bids", map[string]any{
			"profile_type": "RU.PP", "profile_name": "home", "domains": []any{bid}, "pay_type": y.pick("prepay", "bank"),
		})
	}
}
