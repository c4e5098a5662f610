package regapitest

import (
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// answerTLDInfo tells the rules of a zone, given by name or as that of a domain; of the zones of a list, each in its element (8.27).
func answerTLDInfo(c *call) (map[string]any, *refusal.Error) {
	if !c.params.Has(domainsList) && !c.params.Has(servicesList) {
		info, err := tldInfo(c.alone())
		if err != nil {
			return nil, err
		}
		return map[string]any{"tld_info": info}, nil
	}
	elements, err := c.elements()
	if err != nil {
		return nil, err
	}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) {
		info, err := tldInfo(e)
		if err != nil {
			return nil, err
		}
		answer := e.echo()
		answer["result"], answer["tld_info"] = "success", info
		return answer, nil
	})
	return map[string]any{domainsList: answers}, err
}

// tldInfo are the rules of the zone that an element means. Errors: NO_TLD, UNAVAILABLE_DOMAIN_ZONE.
func tldInfo(e *element) (map[string]any, *refusal.Error) {
	given := e.own.Text("tld")
	if given == "" {
		name, err := dnszone.CanonicalDomain(e.givenName())
		if err != nil {
			return nil, refusal.New("NO_TLD")
		}
		given = tldOf(name).name
	}
	ascii, _ := dnszone.ToASCII(given)
	zone, ok := knownTLDs[ascii]
	if !ok {
		return nil, refusal.New("UNAVAILABLE_DOMAIN_ZONE", "tld", given)
	}
	info := map[string]any{
		"tld": dnszone.UnicodeName(zone.name), "regperiods": periods(upTo(zone.maxPeriod)), "renewperiods": periods(zone.periods()),
	}
	for name, value := range map[string]int64{
		"email_verification": digit(zone.verified), "idn_allowed": digit(zone.letters == anyAlphabet), "max_dname_length": dnszone.MaxLabelLength,
		"max_nss_count": maxNameServers, "min_dname_length": int64(zone.minLength), "min_nss_count": 0,
		"privacy_protection_allowed": digit(zone.privacy), "reject_days_of_renew_after_create": int64(zone.renewNotFor),
		"renew_grace_period_after_expdate": int64(zone.renewAfter), "renew_grace_period_before_expdate": int64(zone.renewBefore),
		"restoration_grace_period": int64(zone.restoration),
	} {
		info[name] = textNumeral(value)
	}
	return info, nil
}

// digit writes yes as 1 and no as 0.
func digit(set bool) int64 {
	if set {
		return 1
	}
	return 0
}

// periods writes years as they may be ordered at once: "1", or "1,2,3".
func periods(years []int) string {
	texts := []string{}
	for _, year := range years {
		texts = append(texts, strconv.Itoa(year))
	}
	return strings.Join(texts, ",")
}
