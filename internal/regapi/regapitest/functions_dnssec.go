package regapitest

import (
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func dnssecHandlers() map[string]handler {
	handlers := map[string]handler{}
	for name, each := range map[string]elementFunction{
		"dnssec/nop":         answerSuccess,
		"dnssec/get_status":  answerDNSSECStatus,
		"dnssec/enable":      startChange(enableDNSSEC),
		"dnssec/disable":     startChange(disableDNSSEC),
		"dnssec/renew_ksk":   startChange(renewKey(flagsKSK)),
		"dnssec/renew_zsk":   startChange(renewKey(flagsZSK)),
		"dnssec/get_records": answerDNSSECRecords,
		"dnssec/add_keys":    startChange(addKeys),
	} {
		handlers[name] = handler{each: signable(each), dress: dressForDNSSEC, describe: describeDNSSEC}
	}
	return handlers
}

// signable runs a function only on an active domain whose TLD has DNSSEC.
func signable(next elementFunction) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		switch {
		case e.domain.dnssec.unsupported:
			return nil, refusal.New("DOMAIN_DOESNT_SUPPORT_DNSSEC")
		case e.domain.State != "A":
			return nil, refusal.New("DOMAIN_IS_NOT_ACTIVE", "domain_name", e.shownName())
		default:
			return next(c, e)
		}
	}
}

func answerDNSSECStatus(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := c.succeeded(e)
	answer["status"] = e.domain.dnssec.status(c.now)
	return answer, nil
}

// answerDNSSECRecords gives the keys of the registrar's name servers or, for a domain on other ones, what its parent zone holds (10.7).
func answerDNSSECRecords(c *call, e *element) (map[string]any, *refusal.Error) {
	records := []any{}
	holds := e.domain.dnssec.settle(c.now)
	if e.domain.delegatedHere() {
		for _, key := range holds.keys {
			records = append(records, shownKey(e.domain.Name, key))
		}
	} else {
		for _, ds := range holds.atParent() {
			records = append(records, shownParent(ds))
		}
	}
	answer := c.succeeded(e)
	answer["records"] = records
	return answer, nil
}

// dnssecChange says what a domain's signing is to become.
type dnssecChange func(c *call, e *element) (signing, *refusal.Error)

// startChange makes a function of a change. One at a time: the next one has to wait until the status is no longer updating.
func startChange(change dnssecChange) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		state := &e.domain.dnssec
		if state.updating(c.now) {
			return nil, refusal.New("DNSSEC_UPDATING_IN_PROGRESS", "domain_name", e.shownName())
		}
		to, err := change(c, e)
		if err != nil {
			return nil, err
		}
		state.change(c.now, c.srv.dnssecDelay, to)
		c.touch()
		return c.succeeded(e), nil
	}
}

// notServedHere is the error that enable shows with the domain's name and the renewals show without; its text lacks the name servers of the
// common table (10.3, 10.5).
func notServedHere(pairs ...string) *refusal.Error {
	err := refusal.New("DOMAIN_IS_NOT_USE_REGRU_NSS", pairs...)
	err.Reword("This domain not use REG.RU name services", "Этот домен не использует DNS-сервера REG.RU")
	return err
}

// enableDNSSEC leaves the keys of a domain that is signed already.
func enableDNSSEC(c *call, e *element) (signing, *refusal.Error) {
	if !e.domain.delegatedHere() {
		return signing{}, notServedHere("domain_name", e.shownName())
	}
	state := &e.domain.dnssec
	if to := state.settle(c.now); to.enabled && to.parent == nil {
		return to, nil
	}
	return signing{enabled: true, keys: state.freshKeys(e.domain.Name)}, nil
}

// disableDNSSEC works on every domain: of one on other name servers it takes the records out of the parent zone (10.4).
func disableDNSSEC(*call, *element) (signing, *refusal.Error) { return signing{}, nil }

// renewKey leaves a domain that is not signed as it is.
func renewKey(flags uint16) dnssecChange {
	return func(c *call, e *element) (signing, *refusal.Error) {
		if !e.domain.delegatedHere() {
			return signing{}, notServedHere()
		}
		return e.domain.dnssec.renewed(c.now, e.domain.Name, flags), nil
	}
}

// addKeys takes DS records, or the DNSKEY records of KSKs. The records of the domain's own name servers, which it should fetch when none are
// given (10.8), are not within the simulator's reach.
func addKeys(_ *call, e *element) (signing, *refusal.Error) {
	if e.domain.delegatedHere() {
		return signing{}, refusal.New("DOMAIN_USES_REGRU_NSS", "domain_name", e.shownName())
	}
	to := signing{enabled: true}
	for _, text := range texts(e.Value("records")) {
		ds, ok := parseParentRecord(e.domain.Name, text)
		if !ok {
			return signing{}, refusal.New("INVALID_RECORDS")
		}
		to.parent = append(to.parent, ds)
	}
	if len(to.parent) == 0 {
		return signing{}, refusal.New("INVALID_RECORDS")
	}
	return to, nil
}

// texts reads a parameter that is a list of texts, or one alone.
func texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		list := []string{}
		for _, item := range value {
			text, _ := item.(string)
			list = append(list, text)
		}
		return list
	default:
		return nil
	}
}

// describeDNSSEC writes an error as the examples of section 10 do: without error_code unless [Behaviour.DNSSECErrorCodes], and with the
// domain's name either in error_params or beside a null.
func describeDNSSEC(c *call, e *element, err *refusal.Error) map[string]any {
	if e.service == nil || !slices.Contains(dnssecErrors, err.Code) {
		return nil
	}
	shown := map[string]any{"dname": e.shownName(), "error_text": err.Text(c.params.Text("lang")), "result": "error"}
	if len(err.Params) == 0 {
		shown["domain_name"], shown["error_params"] = e.shownName(), nil
	} else {
		shown["error_params"] = map[string]any{"domain_name": err.Params["domain_name"]}
	}
	if c.srv.behaviour.DNSSECErrorCodes && !c.test {
		shown["error_code"] = err.Code
	}
	return shown
}

// dnssecErrors are the codes of the table for DNSSEC (2.3.3) and the one more that the example of dnssec/disable shows (10.4).
var dnssecErrors = []string{
	"DOMAIN_DOESNT_SUPPORT_DNSSEC", "CANT_GET_INFO_FROM_REGISTRY", "DNSSEC_UPDATING_IN_PROGRESS", "DOMAIN_USES_REGRU_NSS",
	"DOMAIN_IS_NOT_USE_REGRU_NSS", "INVALID_RECORDS", "DOMAIN_IS_NOT_ACTIVE",
}
