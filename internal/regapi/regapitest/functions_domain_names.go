package regapitest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// currencyOf reads the parameter currency: roubles unless it says another one.
func currencyOf(given string) (name string, rate int64, err *refusal.Error) {
	name = cmp.Or(given, "RUR")
	rate, ok := roublesPer(name)
	if !ok {
		return "", 0, refusal.New("UNSUPPORTED_CURRENCY")
	}
	return name, rate, nil
}

// converted shows hundredths of a rouble in a currency.
func converted(hundredths, rate int64) numeral {
	return numeral{digits: formatMoney(hundredths / rate)}
}

// answerDomainPrices lists the prices of a year (8.2). The prices of Partners are those of everybody here, beside which theirs are shown.
func answerDomainPrices(c *call) (map[string]any, *refusal.Error) {
	currency, rate, err := currencyOf(c.params.Text("currency"))
	if err != nil {
		return nil, err
	}
	zones, group := openTLDs(), "Retail"
	for i := range zones {
		zones[i] = c.srv.state.priced(zones[i])
	}
	if c.test {
		zones = []tld{knownTLDs["com"], knownTLDs["ru"], knownTLDs["xn--p1ai"]}
	} else if c.account != nil && c.account.Partner {
		group = "Partner"
	}
	prices := map[string]any{}
	for _, zone := range zones {
		name := dnszone.UnicodeName(zone.name)
		prices[name] = c.zonePrices(zone, zone.register, rate, group)
		if zone.idnRegister != 0 {
			prices["__idn."+name] = c.zonePrices(zone, zone.idnRegister, rate, group)
		}
	}
	answer := map[string]any{"currency": currency, "price_group": group, "prices": prices}
	if !c.test {
		answer["last_update_time"] = c.now.Format(time.DateOnly) + " 00:00:00"
	}
	return answer, nil
}

func (c *call) zonePrices(zone tld, register, rate int64, group string) map[string]any {
	shown := map[string]any{
		"reg_min_period": textNumeral(1), "reg_max_period": textNumeral(int64(zone.maxPeriod)), "reg_price": converted(register, rate),
	}
	if group != "Retail" {
		shown["retail_reg_price"] = converted(register, rate)
	}
	if c.params.Text("show_renew_data") == "1" {
		shown["renew_min_period"], shown["renew_max_period"] = textNumeral(1), textNumeral(int64(zone.maxPeriod))
		shown["renew_price"], shown["retail_renew_price"] = converted(zone.renew, rate), converted(zone.renew, rate)
	}
	if c.params.Text("show_update_data") == "1" {
		shown["update_price"] = converted(zone.update, rate)
	}
	return shown
}

// suggestTLDs are the zones that domain/get_suggest looks into (8.3).
var suggestTLDs = []string{"com", "info", "name", "net", "org", "ru", "ru.com", "su", "рф"}

// maxSuggestions is the longest list of domain/get_suggest (8.3).
const maxSuggestions = 100

// answerSuggestions puts words together, in Latin letters too, and says where the results are free (8.3).
func answerSuggestions(c *call) (map[string]any, *refusal.Error) {
	word := c.params.Text("word")
	if word == "" {
		return nil, refusal.Missing("word")
	}
	if category := c.params.Text("category"); !slices.Contains([]string{"", "pattern", "search_trends", "all"}, category) {
		return nil, refusal.Incorrect("category")
	}
	zones := texts(c.params.Value("tlds"))
	if len(zones) == 0 {
		zones = suggestTLDs
	}
	if slices.ContainsFunc(zones, func(zone string) bool { return !slices.Contains(suggestTLDs, zone) }) {
		return nil, refusal.Incorrect("tlds")
	}
	if c.test {
		return map[string]any{"suggestions": exampleSuggestions}, nil
	}
	suggestions := []any{}
	for _, name := range c.combinations(word) {
		if free := c.freeIn(name, zones); len(free) > 0 && len(suggestions) < maxSuggestions {
			suggestions = append(suggestions, map[string]any{"name": name, "avail_in": free})
		}
	}
	return map[string]any{"suggestions": suggestions}, nil
}

func (c *call) combinations(word string) []string {
	glue := ""
	if flag := c.params.Text("use_hyphen"); flag != "" && flag != "0" {
		glue = "-"
	}
	names := []string{word}
	if other := c.params.Text("additional_word"); other != "" {
		names = append(names, other, word+glue+other, other+glue+word)
	}
	for _, name := range slices.Clone(names) {
		names = append(names, romanized(name))
	}
	return slices.Compact(names)
}

func (c *call) freeIn(name string, zones []string) []any {
	free := []any{}
	for _, zone := range zones {
		full, err := dnszone.CanonicalDomain(name + "." + zone)
		if err != nil {
			continue
		}
		if _, err := checkName(full, full); err != nil {
			continue
		}
		if premium, err := c.srv.state.available(full, full); err == nil && premium == nil {
			free = append(free, zone)
		}
	}
	return free
}

// romanization spells Russian letters as the example does: novii for новый (8.3).
var romanization = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m",
	'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "c", 'ч': "ch", 'ш': "sh", 'щ': "sch",
	'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "u", 'я': "ya",
}

func romanized(name string) string {
	var spelt strings.Builder
	for _, letter := range strings.ToLower(name) {
		if latin, ok := romanization[letter]; ok {
			spelt.WriteString(latin)
		} else {
			spelt.WriteRune(letter)
		}
	}
	return spelt.String()
}

// maxPremium is how many names domain/get_premium_prices takes (8.4).
const maxPremium = 100

// answerPremiumPrices leaves out what is no premium name (8.4).
func answerPremiumPrices(c *call) (map[string]any, *refusal.Error) {
	currency, rate, err := currencyOf(c.params.Text("currency"))
	if err != nil {
		return nil, err
	}
	wanted := texts(c.params.Value(domainsList))
	if len(wanted) == 0 {
		return nil, refusal.New("NO_DOMAIN")
	}
	if len(wanted) > maxPremium {
		return nil, refusal.New("TOO_MANY_OBJECTS_IN_ONE_REQUEST", "max_objects", strconv.Itoa(maxPremium))
	}
	if c.test {
		return map[string]any{"currency": currency, "domains": examplePremiumPrices}, nil
	}
	premium := []any{}
	for _, name := range c.srv.state.registryNames(namePremium) {
		if !slices.ContainsFunc(wanted, func(given string) bool {
			ascii, err := dnszone.CanonicalDomain(given)
			return err == nil && ascii == name.Name
		}) {
			continue
		}
		premium = append(premium, map[string]any{
			"domain_name": dnszone.UnicodeName(name.Name), "register_period": textNumeral(1), "register_price": converted(name.price, rate),
			"renew_period": textNumeral(1), "renew_price": converted(name.renewPrice, rate),
		})
	}
	return map[string]any{"currency": currency, "domains": premium}, nil
}

// answerCheck tells whether a name can be registered or, with is_transfer, transferred (8.6).
func answerCheck(c *call, e *element) (map[string]any, *refusal.Error) {
	currency, rate, err := currencyOf(e.Text("currency"))
	if err != nil {
		return nil, err
	}
	given := e.givenName()
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	if _, err := checkName(given, name); err != nil {
		return nil, err
	}
	known, err := c.lookUp(e, given, name)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"dname": given, "result": "Available"}
	if known == nil || known.Status != namePremium {
		return answer, nil
	}
	answer["is_premium"] = textNumeral(1)
	if e.Text("premium_as_taken") == "1" {
		taken := refusal.New("DOMAIN_ALREADY_EXISTS")
		answer["error_code"], answer["result"] = taken.Code, taken.Text(c.params.Text("lang"))
		return answer, nil
	}
	answer["currency"], answer["price"], answer["renew_price"] = currency, converted(known.price, rate), converted(known.renewPrice, rate)
	return answer, nil
}

// lookUp asks the registry about a name, for registration or for transfer.
func (c *call) lookUp(e *element, given, name string) (*registryName, *refusal.Error) {
	registry := c.srv.state
	if c.test {
		registry = exampleRegistry(c.now)
	}
	if e.Text("is_transfer") == "1" {
		return registry.transferable(given, name, c.now)
	}
	return registry.available(given, name)
}

// identifyName takes an element for a name that need not be anybody's.
func identifyName(_ *call, e *element) *refusal.Error {
	if e.givenName() == "" {
		return refusal.New("NO_DOMAIN")
	}
	return nil
}

// describeCheck writes an error with its text in result and without error_params, and some texts in the words of the example (8.6).
func describeCheck(c *call, e *element, err *refusal.Error) map[string]any {
	switch err.Code {
	case "DOMAIN_BAD_NAME":
		err.Reword("Invalid domain name=> $domain_name", "Неверное имя домена=> $domain_name")
	case "TLD_DISABLED":
		err.Reword("Registration in .$tld TLD is not available", "")
	case "HAVE_MIXED_CODETABLES":
		err.Reword("You can not mix latin and cyrillic letters in domain names", "")
	}
	return describeNameServers(c, e, err)
}

// answerDeleted lists names that became free (8.5). Without dates it lists those of the last day on which there were any.
func answerDeleted(c *call) (map[string]any, *refusal.Error) {
	const maxRange = 2 // months
	zones := texts(c.params.Value("tlds"))
	if slices.ContainsFunc(zones, func(zone string) bool { return !slices.Contains([]string{"ru", "рф", "su"}, zone) }) {
		return nil, refusal.Incorrect("tlds")
	}
	names := c.srv.state.registryNames(nameDeleted)
	last := ""
	for _, name := range names {
		last = max(last, name.Expires)
	}
	var limits deletedLimits
	if err := limits.read(c.params, last); err != nil {
		return nil, err
	}
	if from, err := time.Parse(time.DateOnly, limits.from); err == nil && from.AddDate(0, maxRange, 0).Format(time.DateOnly) < limits.to {
		return nil, refusal.Incorrect("deleted_to")
	}
	if c.test {
		return map[string]any{"domains": exampleDeleted}, nil
	}
	found := []any{}
	for _, name := range names {
		if (len(zones) == 0 || slices.Contains(zones, dnszone.UnicodeName(tldOf(name.Name).name))) && limits.allow(name) {
			status := "NOT REGISTERED"
			if c.srv.state.domains[name.Name] != nil {
				status = "REGISTERED"
			}
			if status == "REGISTERED" && c.flag("hidereg") {
				continue
			}
			found = append(found, map[string]any{
				"domain_name": dnszone.UnicodeName(name.Name), "registered": status, "date_delete": name.Expires, "first_create_date": name.Created,
				"yandex_tic": numeral{digits: strconv.Itoa(name.TIC), number: true}, "google_pr": textNumeral(int64(name.PageRank)),
			})
		}
	}
	return map[string]any{"domains": found}, nil
}

// deletedLimits are what domain/get_deleted selects by; dates compare as texts.
type deletedLimits struct {
	from, to, createdFrom, createdTo string
	rank, tic                        int
}

func (l *deletedLimits) read(p form.Params, last string) *refusal.Error {
	for _, field := range []struct {
		name, fallback string
		into           *string
	}{
		{"deleted_from", last, &l.from}, {"deleted_to", last, &l.to}, {"created_from", "", &l.createdFrom}, {"created_to", "9999-12-31", &l.createdTo},
	} {
		*field.into = p.Text(field.name)
		if *field.into == "" {
			*field.into = field.fallback
		} else if _, err := time.Parse(time.DateOnly, *field.into); err != nil {
			return refusal.Incorrect(field.name)
		}
	}
	for name, into := range map[string]*int{"min_pr": &l.rank, "min_cy": &l.tic} {
		text := p.Text(name)
		if text == "" {
			continue
		}
		var err error
		if *into, err = strconv.Atoi(text); err != nil {
			return refusal.Incorrect(name)
		}
	}
	return nil
}

func (l *deletedLimits) allow(n *registryName) bool {
	return l.from <= n.Expires && n.Expires <= l.to && l.createdFrom <= n.Created && n.Created <= l.createdTo && n.PageRank >= l.rank && n.TIC >= l.tic
}
