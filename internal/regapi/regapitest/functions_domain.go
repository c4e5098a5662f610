package regapitest

import (
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func domainHandlers() map[string]handler {
	return map[string]handler{
		"domain/nop":                        {call: answerDomainNop},
		"domain/get_prices":                 {call: answerDomainPrices},
		"domain/get_suggest":                {call: answerSuggestions},
		"domain/get_premium_prices":         {call: answerPremiumPrices},
		"domain/get_deleted":                {call: answerDeleted},
		"domain/check":                      {each: answerCheck, identify: identifyName, describe: describeCheck},
		"domain/create":                     {call: createDomains, costs: fromBalance},
		"domain/transfer":                   {call: transferDomains, costs: fromBalance},
		"domain/get_transfer_status":        {each: answerTransferStatus},
		"domain/set_new_authinfo":           {each: setNewAuthInfo, flat: true},
		"domain/cancel_transfer":            {call: onService(cancelTransfer)},
		"domain/get_rereg_data":             {call: listExpiring},
		"domain/set_rereg_bids":             {call: placeBids, costs: fromBalance},
		"domain/get_user_rereg_bids":        {call: listBids},
		"domain/get_docs_upload_uri":        {call: onService(uploadLink)},
		"domain/update_contacts":            {each: updateContacts, costs: withAgreement, registered: true},
		"domain/update_private_person_flag": {each: setPrivatePerson, complete: completePrivatePerson, registered: true},
		"domain/register_ns":                {call: onService(registryHost(registerHost)), registered: true},
		"domain/delete_ns":                  {call: onService(registryHost(deleteHost)), registered: true},
		"domain/get_nss":                    {each: answerNameServers, bareIDs: true, bareErrors: true},
		"domain/update_nss": {
			each: updateNameServers, describe: describeNameServers, complete: renameUndelegated, costs: withAgreement,
		},
		"domain/delegate":                       {each: setDelegation(true)},
		"domain/undelegate":                     {each: setDelegation(false)},
		"domain/transfer_to_another_account":    {each: offerDomain, dress: dressForOffer, describe: describeOffer},
		"domain/look_at_entering_list":          {call: listOffers},
		"domain/accept_or_refuse_entering_list": {call: answerOffers, describe: describeOfferError},
		"domain/request_to_transfer":            {call: requestTransfers, describe: describeInResult},
		"domain/get_tld_info":                   {call: answerTLDInfo},
		"domain/send_email_verification_letter": {each: sendVerificationLetter, flat: true},
		"domain/download_certificate":           {call: onService(downloadCertificate)},
	}
}

// answerDomainNop answers nothing, or the id of the domain that is named: then the caller must be known (8.1).
func answerDomainNop(c *call) (map[string]any, *refusal.Error) {
	if !c.alone().identifiable() {
		return nil, nil
	}
	return onService(answerServiceID)(c)
}

// answerNameServers gives the addresses of name servers that lie in the domain itself: one as text, several as a list (8.19).
func answerNameServers(c *call, e *element) (map[string]any, *refusal.Error) {
	servers := []any{}
	for _, server := range e.domain.NameServers {
		fields := strings.Fields(server)
		shown := map[string]any{"ns": fields[0]}
		switch len(fields) {
		case 1:
		case 2:
			shown["ip"] = fields[1]
		default:
			shown["ip"] = anyList(fields[1:])
		}
		servers = append(servers, shown)
	}
	answer := c.named(e)
	answer["nss"] = servers
	if c.srv.behaviour.ResultInNSS {
		answer["result"] = "success"
	}
	return answer, nil
}

func anyList(texts []string) []any {
	list := make([]any, 0, len(texts))
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}
