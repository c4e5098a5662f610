package regapitest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// The units in which periods of services are counted (7.3).
const (
	unitYear  = "year"
	unitMonth = "month"
)

// How many periods can be ordered at once: years as in the example of 7.3; a year of months is ordered in that of 7.4.
const (
	maxYears  = 10
	maxMonths = 36
)

// tariff is one service on offer. Prices are hundredths of a rouble for one period; those that the documentation does not show are made up.
type tariff struct {
	servtype, subtype, unit, name string
	price, renewPrice             int64
	// once tells that the service cannot be renewed.
	once bool
	// archived plans can be kept and ordered, but get_servtype_details shows them only with show_hidden.
	archived bool
}

func yearly(servtype, subtype, name string, price int64) tariff {
	return tariff{servtype: servtype, subtype: subtype, unit: unitYear, name: name, price: price, renewPrice: price}
}

func monthly(servtype, subtype, name string, price int64) tariff {
	return tariff{servtype: servtype, subtype: subtype, unit: unitMonth, name: name, price: price, renewPrice: price}
}

func (t tariff) withoutRenewal() tariff {
	t.once = true
	return t
}

func (t tariff) asArchived() tariff {
	t.archived = true
	return t
}

// tariffs are all services on offer (7.4), the first of a type being its default.
var tariffs = slices.Concat(
	[]tariff{
		yearly("srv_webfwd", "", "Web-forwarding", 120_00),
		yearly("srv_parking", "", "Domain parking", 100_00),
		yearly("srv_parking", "free", "Domain parking", 0),
		yearly("srv_dns_both", "", "DNS support", 150_00),
		yearly("srv_certificate", "payed", "Domain certificate", 200_00).withoutRenewal(),
		yearly("srv_voucher", "", "Domain voucher", 100_00).withoutRenewal(),
		yearly("srv_voucher", "digital", "Domain voucher", 0).withoutRenewal(),
		monthly("srv_addip", "", "Additional IP", 30_00),
		monthly("srv_addip", "ipv4", "Additional IP", 30_00),
		monthly("srv_addip", "custom_net", "Additional IP", 60_00),
		monthly("srv_addip", "other_subnet", "Additional IP", 60_00),
		monthly("srv_license_isp", "lite5", "ISPmanager license", 300_00),
		monthly("srv_license_isp", "business", "ISPmanager license", 900_00),
		monthly("srv_antispam", "", "Antispam", 100_00),
		monthly("srv_dedicated", "", "Dedicated server", 3080_00),
		monthly("srv_kvm", "", "KVM access", 500_00),
		monthly("srv_seowizard", "", "SeoWizard", 0),
		monthly("srv_google_apps", "", "Google Apps", 250_00),
	},
	plans("srv_websitebuilder", "Website builder", 0, "annual", "infinite", "start-2020", "start", "standart", "premium"),
	hostingPlans("srv_hosting_ispmgr"), hostingPlans("srv_hosting_cpanel"), hostingPlans("srv_hosting_plesk"),
	certificatePlans("Thawte", "ssl123", "sgcsuper_certs", "sslwebserver", "sslwebserver_wildcard", "sslwebserver_ev"),
	certificatePlans("Symantec", "securesite", "securesite_pro", "securesite_ev", "securesite_pro_ev"),
	certificatePlans("GeoTrust", "quickssl", "quickssl_premium", "truebizid", "truebizid_wildcard", "truebizid_ev"),
	certificatePlans("TrustWave", "trustwave_dv", "trustwave_ev", "trustwave_premiumssl", "trustwave_premiumssl_wildcard"),
	certificatePlans("Comodo", "comodo_ssl", "comodo_ev", "comodo_instantssl", "comodo_premiumssl", "comodo_premiumssl_wildcard", "comodo_wildcard"),
	certificatePlans("GlobalSign", "gs_alphassl_wildcard", "gs_domainssl_wildcard", "gs_organizationssl", "gs_extendedssl",
		"gs_organizationssl_wildcard", "gs_alphassl_dns", "gs_domainssl_dns", "gs_alphassl_dns_wildcard", "gs_domainssl_dns_wildcard"),
	[]tariff{yearly(sslCertificate, "gs_domainssl_free", "GlobalSign certificate", 0)},
)

// plans makes tariffs of one type; each costs 100 roubles a month more than the one before it.
func plans(servtype, name string, first int64, subtypes ...string) []tariff {
	made := []tariff{}
	for i, subtype := range subtypes {
		made = append(made, monthly(servtype, subtype, name, first+int64(i)*100_00))
	}
	return made
}

// hostingPlans are those of all three kinds of hosting together, because the documentation's own examples order a plan of one kind with another
// (7.5); the last two lists are of the examples and the older edition.
func hostingPlans(servtype string) []tariff {
	made := plans(servtype, "Hosting", 100_00, "Host-0-0420", "Host-Lite-0420", "Host-A-0420", "Host-B-0420", "Host-1-0420", "Host-3-0420",
		"cPanel-S-0222", "cPanel-M-0222", "cPanel-L-0222", "cPanel-XL-0222", "Plesk-S-0322", "Plesk-M-0322", "Plesk-L-0322", "Plesk-XL-0322")
	for _, old := range plans(servtype, "Hosting", 100_00, "Host-2", "Host-0-1019", "Host-Lite-1019", "Host-A-1019", "Host-B-1019", "Host-1-1019",
		"Host-3-1019") {
		made = append(made, old.asArchived())
	}
	return made
}

func certificatePlans(brand string, subtypes ...string) []tariff {
	made := []tariff{}
	for i, subtype := range subtypes {
		made = append(made, yearly(sslCertificate, subtype, brand+" certificate", int64(i+1)*1000_00))
	}
	return made
}

// findTariff returns the tariff of a type and plan. Errors: PRICES_NOT_FOUND for an unknown type, INVALID_PLAN for an unknown plan.
func findTariff(servtype, subtype string) (tariff, *refusal.Error) {
	known := false
	for _, t := range tariffs {
		if t.servtype != servtype {
			continue
		}
		if t.subtype == subtype {
			return t, nil
		}
		known = true
	}
	if known {
		return tariff{}, refusal.New("INVALID_PLAN")
	}
	return tariff{}, refusal.New("PRICES_NOT_FOUND", "servtype", servtype)
}

// defaultPlan is the plan of a type when none is asked for.
func defaultPlan(servtype string) string {
	for _, t := range tariffs {
		if t.servtype == servtype {
			return t.subtype
		}
	}
	return ""
}

// longest is how many periods can be ordered at once.
func (t tariff) longest() int {
	if t.unit == unitYear {
		return maxYears
	}
	return maxMonths
}

// add returns a date so many periods later.
func (t tariff) add(from time.Time, periods int) time.Time {
	if t.unit == unitYear {
		return from.AddDate(periods, 0, 0)
	}
	return from.AddDate(0, periods, 0)
}

// parsePeriod reads a number of periods; 1 when none is given. Error: INVALID_PERIOD.
func (t tariff) parsePeriod(text string) (int, *refusal.Error) {
	if text == "" {
		return 1, nil
	}
	period, err := strconv.Atoi(text)
	if err != nil || period < 1 || period > t.longest() {
		return 0, refusal.New("INVALID_PERIOD")
	}
	return period, nil
}

// parseCurrency reads a currency in either case; roubles when none is given. Error: UNSUPPORTED_CURRENCY.
func parseCurrency(text string) (currency string, rate int64, err *refusal.Error) {
	currency = strings.ToUpper(text)
	if currency == "" {
		currency = roubles
	}
	rate, ok := roublesPer(currency)
	if !ok {
		return "", 0, refusal.New("UNSUPPORTED_CURRENCY")
	}
	return currency, rate, nil
}
