package regapi

import "errors"

// settingsPage is where a person manages API password, certificate and allow-list (2.4).
const settingsPage = "https://www.reg.ru/user/account/#/settings/api/"

const (
	remedyPassword   = "Correct the user name and the API password; the password is set at " + settingsPage + "."
	remedyAccount    = "Look at " + settingsPage + " for what REG.API demands of this account: the code is in no documentation."
	remedyAddress    = "Add the address from which these requests leave to the allow-list at " + settingsPage + "; a change takes up to half an hour."
	remedyDelegation = "Delegate the domain to ns1.reg.ru and ns2.reg.ru; its zone can be edited only then."
	remedyText       = "Shorten the text or take out the characters that REG.API does not accept in TXT records."
	remedyCNAME      = "Remove the other records of that name, or the CNAME: a CNAME cannot share its name."
	remedyRate       = "Wait: REG.API takes 1200 requests an hour per account and per address; make sure that no other program spends them."
	remedyOwner      = "Use the account that owns the domain; this one does not."
	remedyPay        = "Pay or cancel the open order in the control panel."
)

// remedies holds one sentence for each code about which a person can do something.
var remedies = map[ErrorCode]string{
	CodePasswordAuthFailed:                   remedyPassword,
	CodeUserAuthenticationFailed:             remedyPassword,
	CodeNoUsername:                           remedyPassword,
	CodeNoAuth:                               remedyPassword,
	CodeMoreThanOneAccountWithTheSameEmail:   "Give the login instead of the e-mail address: several accounts share that address.",
	CodeAccessDenied:                         "Ask the registrar's support why the account may not use the API.",
	CodeNoCertificate:                        "Put the client certificate that the account demands, and its key, beside the credentials; it is set at " + settingsPage + ".",
	CodeAccountBlocked:                       "Restore the account as its profile page in the control panel says.",
	CodeAccessDeniedFromIP:                   remedyAddress,
	CodeAccessDeniedFromIPWithSecretWord:     remedyAddress,
	CodeIPExceededAllowedConnectionRate:      remedyRate,
	CodeAccountExceededAllowedConnectionRate: remedyRate,
	CodePurchasesDisabled:                    "Ask the registrar's support to allow purchases for this account.",
	CodeResellerAuthFailed:                   "Use a Partner account; the function is closed to others.",
	CodeNotEnoughMoney:                       "Add money to the account's balance.",
	CodeDomainIsNotUseRegruNSS:               remedyDelegation,
	CodeDomainUsesRegruNSS:                   "Delegate the domain to other name servers first, or let REG.RU sign the zone.",
	CodeDomainProtection:                     "Switch the domain protection off in the control panel.",
	CodeDataIsReadOnly:                       "Ask the owner of the domain for the right to change it.",
	CodeDomainNotFound:                       remedyOwner,
	CodeServiceIDNotFound:                    remedyOwner,
	CodeDomainExpired:                        "Renew the domain.",
	CodeServiceExpired:                       "Renew the service.",
	CodeDomainIsNotActive:                    "Wait until the registration is complete.",
	CodeDomainIsNotVerified:                  "Follow the link in the verification letter that was sent to the domain's owner.",
	CodeDomainAlreadyOrdered:                 remedyPay,
	CodeDoubleOrder:                          remedyPay,
	CodeDomainClientTransferProhibited:       "Ask the present registrar to unlock the transfer.",
	CodeConflictCNAME:                        remedyCNAME,
	CodeCNAMEAndOtherData:                    remedyCNAME,
	CodeTextTooLong:                          remedyText,
	CodeTextContainsInvalidCharacters:        remedyText,
	CodeUnsupportedUnicodeSymbol:             remedyText,
	CodeHaveMixedCodetables:                  "Write the label in one alphabet, Latin or Cyrillic.",
	CodeHTTPSOnly:                            "Use an endpoint that begins with https.",
}

// Remedy returns one sentence that tells a person what to do about err, or "" where there is
// nothing that a person could do.
func Remedy(err error) string {
	refusal, ok := errors.AsType[*Error](err)
	if !ok {
		return ""
	}
	return refusal.Remedy()
}
