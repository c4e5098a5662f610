package regapi

// ErrorCode is the machine-readable name of a refusal, as REG.API spells it. Branch on it or,
// better, on the predicates; error_text is for people and changes without notice (2.3.2).
type ErrorCode string

// The codes of both editions of the documentation. The section in brackets is that of the
// newer edition, unless it says otherwise. Codes of several functions stand at the first.
const (
	// Request errors, 2.3.3.

	// CodeOnlyPostAllowed: the function was called with a method other than POST (2.3.3).
	CodeOnlyPostAllowed ErrorCode = "ONLY_POST_ALLOWED"
	// CodeQueryParamsDisallowed: parameters stood in the query string instead of the form (2.3.3).
	CodeQueryParamsDisallowed ErrorCode = "QUERY_PARAMS_DISALLOWED"

	// Authorization errors, 2.3.3.

	// CodeNoUsername: the request names no user (2.3.3).
	CodeNoUsername ErrorCode = "NO_USERNAME"
	// CodeNoAuth: the request carries neither password nor signature (2.3.3).
	CodeNoAuth ErrorCode = "NO_AUTH"
	// CodePasswordAuthFailed: user name and password do not match (2.3.3).
	CodePasswordAuthFailed ErrorCode = "PASSWORD_AUTH_FAILED"
	// CodeResellerAuthFailed: the function is for Partner accounts alone (2.3.3).
	CodeResellerAuthFailed ErrorCode = "RESELLER_AUTH_FAILED"
	// CodeAccessDenied: the account may not use the API (2.3.3).
	CodeAccessDenied ErrorCode = "ACCESS_DENIED"
	// CodePurchasesDisabled: the account may not order anything (2.3.3).
	CodePurchasesDisabled ErrorCode = "PURCHASES_DISABLED"
	// CodeAccessDeniedFromIP: the caller's address is not on the account's allow-list (2.3.3).
	CodeAccessDeniedFromIP ErrorCode = "ACCESS_DENIED_FROM_IP"
	// CodeAccessDeniedFromIPWithSecretWord: as ACCESS_DENIED_FROM_IP; the way out is sent by e-mail (2.3.3, older edition).
	CodeAccessDeniedFromIPWithSecretWord ErrorCode = "ACCESS_DENIED_FROM_IP_WITH_SECRET_WORD"
	// CodeNoCertificate: the account demands a client certificate and none came; in no documentation,
	// seen since August 2026.
	CodeNoCertificate ErrorCode = "NO_CERTIFICATE"
	// CodeAccountBlocked: the account is blocked; its profile page says how to restore it (2.3.3).
	CodeAccountBlocked ErrorCode = "ACCOUNT_BLOCKED"
	// CodeUserAuthenticationFailed: login or password is wrong (2.3.3).
	CodeUserAuthenticationFailed ErrorCode = "USER_AUTHENTICATION_FAILED"
	// CodeMoreThanOneAccountWithTheSameEmail: an e-mail address was given as login and belongs to several accounts (2.3.3).
	CodeMoreThanOneAccountWithTheSameEmail ErrorCode = "MORE_THAN_ONE_ACCOUNT_WITH_THE_SAME_EMAIL"
	// CodeIPExceededAllowedConnectionRate: the source address has used up its requests of the hour (1.2).
	CodeIPExceededAllowedConnectionRate ErrorCode = "IP_EXCEEDED_ALLOWED_CONNECTION_RATE"
	// CodeAccountExceededAllowedConnectionRate: the account has used up its requests of the hour (1.2).
	CodeAccountExceededAllowedConnectionRate ErrorCode = "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"

	// Identification of domains, services and folders, 2.3.3.

	// CodeDomainNotFound: no such domain in this account (2.3.3).
	CodeDomainNotFound ErrorCode = "DOMAIN_NOT_FOUND"
	// CodeServiceNotFound: no service of that type for the domain (2.3.3).
	CodeServiceNotFound ErrorCode = "SERVICE_NOT_FOUND"
	// CodeServiceNotSpecified: the request identifies no service (2.3.3).
	CodeServiceNotSpecified ErrorCode = "SERVICE_NOT_SPECIFIED"
	// CodeServiceIDNotFound: no service with that number in this account (2.3.3).
	CodeServiceIDNotFound ErrorCode = "SERVICE_ID_NOT_FOUND"
	// CodeNoDomain: the domain name is missing or empty (2.3.3).
	CodeNoDomain ErrorCode = "NO_DOMAIN"
	// CodeInvalidDomainNameFormat: the domain name is malformed or its TLD is not served (2.3.3).
	CodeInvalidDomainNameFormat ErrorCode = "INVALID_DOMAIN_NAME_FORMAT"
	// CodeInvalidServiceID: the service number is malformed (2.3.3).
	CodeInvalidServiceID ErrorCode = "INVALID_SERVICE_ID"
	// CodeInvalidDomainNamePunycode: the domain name is not valid punycode (2.3.3).
	CodeInvalidDomainNamePunycode ErrorCode = "INVALID_DOMAIN_NAME_PUNYCODE"
	// CodeBadUserServID: the caller's own service id is malformed (2.3.3).
	CodeBadUserServID ErrorCode = "BAD_USER_SERVID"
	// CodeUserServIDIsNotUnique: the caller's own service id is taken already (2.3.3).
	CodeUserServIDIsNotUnique ErrorCode = "USER_SERVID_IS_NOT_UNIQUE"
	// CodeTooManyObjectsInOneRequest: the list is longer than the 1000 objects allowed (2.3.3).
	CodeTooManyObjectsInOneRequest ErrorCode = "TOO_MANY_OBJECTS_IN_ONE_REQUEST"
	// CodeClientNotFound: no such customer (2.3.3).
	CodeClientNotFound ErrorCode = "CLIENT_NOT_FOUND"
	// CodeDomainProtection: domain protection forbids changes through the API (2.3.3).
	CodeDomainProtection ErrorCode = "DOMAIN_PROTECTION"
	// CodeNotAllowedOrderByAPI: the service can be ordered in the control panel only (2.3.3).
	CodeNotAllowedOrderByAPI ErrorCode = "NOT_ALLOWED_ORDER_BY_API"
	// CodePartcontrolGrantDisabled: the service cannot be handed into partial control (2.3.3).
	CodePartcontrolGrantDisabled ErrorCode = "PARTCONTROL_GRANT_DISABLED"

	// Availability, 2.3.3.

	// CodeServiceUnavailable: the API is down for the moment (2.3.3).
	CodeServiceUnavailable ErrorCode = "SERVICE_UNAVAILABLE"
	// CodeBillingLock: another request that touches the balance is running (2.3.3).
	CodeBillingLock ErrorCode = "BILLING_LOCK"
	// CodeDomainBadName: the registry reserves or forbids the name, or sells it as premium (2.3.3).
	CodeDomainBadName ErrorCode = "DOMAIN_BAD_NAME"
	// CodeDomainBadNameOnlyDigits: the TLD takes no names made of digits alone (2.3.3).
	CodeDomainBadNameOnlyDigits ErrorCode = "DOMAIN_BAD_NAME_ONLYDIGITS"
	// CodeHaveMixedCodetables: a label mixes Latin and Cyrillic letters (2.3.3).
	CodeHaveMixedCodetables ErrorCode = "HAVE_MIXED_CODETABLES"
	// CodeDomainBadTLD: the TLD is not open for registration here (2.3.3).
	CodeDomainBadTLD ErrorCode = "DOMAIN_BAD_TLD"
	// CodeTLDDisabled: registration in the TLD is switched off (2.3.3).
	CodeTLDDisabled ErrorCode = "TLD_DISABLED"
	// CodeDomainNameMustBeEng: the TLD takes no Russian letters (2.3.3).
	CodeDomainNameMustBeEng ErrorCode = "DOMAIN_NAME_MUSTBEENG"
	// CodeDomainNameMustBeRus: the TLD takes no Latin letters (2.3.3).
	CodeDomainNameMustBeRus ErrorCode = "DOMAIN_NAME_MUSTBERUS"
	// CodeDomainAlreadyExists: somebody has registered the domain (2.3.3).
	CodeDomainAlreadyExists ErrorCode = "DOMAIN_ALREADY_EXISTS"
	// CodeDomainInvalidLength: the domain name is too short or too long (2.3.3).
	CodeDomainInvalidLength ErrorCode = "DOMAIN_INVALID_LENGTH"
	// CodeDomainStopList: the name is reserved or a premium name (2.3.3).
	CodeDomainStopList ErrorCode = "DOMAIN_STOP_LIST"
	// CodeDomainStopPattern: names of this pattern cannot be registered (2.3.3).
	CodeDomainStopPattern ErrorCode = "DOMAIN_STOP_PATTERN"
	// CodeFreeDateInFuture: the domain becomes free only after the next mass release (2.3.3).
	CodeFreeDateInFuture ErrorCode = "FREE_DATE_IN_FUTURE"
	// CodeNoDomainsChecked: the order names no domain (2.3.3).
	CodeNoDomainsChecked ErrorCode = "NO_DOMAINS_CHECKED"
	// CodeNoContract: an early order needs a signed contract (2.3.3).
	CodeNoContract ErrorCode = "NO_CONTRACT"
	// CodeInvalidPunycodeInput: a name could not be decoded from punycode (2.3.3).
	CodeInvalidPunycodeInput ErrorCode = "INVALID_PUNYCODE_INPUT"
	// CodeConnectionFailed: the registry could not be reached to check the domain (2.3.3).
	CodeConnectionFailed ErrorCode = "CONNECTION_FAILED"
	// CodeDomainAlreadyOrdered: the account has ordered the domain and not paid yet (2.3.3).
	CodeDomainAlreadyOrdered ErrorCode = "DOMAIN_ALREADY_ORDERED"
	// CodeDomainExpired: the domain has expired or is about to (2.3.3).
	CodeDomainExpired ErrorCode = "DOMAIN_EXPIRED"
	// CodeDomainTooYoung: the domain was registered less than 60 days ago (2.3.3).
	CodeDomainTooYoung ErrorCode = "DOMAIN_TOO_YOUNG"
	// CodeCantObtainExpDate: the expiry date could not be found out (2.3.3).
	CodeCantObtainExpDate ErrorCode = "CANT_OBTAIN_EXPDATE"
	// CodeDomainClientTransferProhibited: the losing registrar has locked the domain against transfer (2.3.3).
	CodeDomainClientTransferProhibited ErrorCode = "DOMAIN_CLIENT_TRANSFER_PROHIBITED"
	// CodeDomainTransferProhibitedUnknown: the registry forbids the transfer (2.3.3).
	CodeDomainTransferProhibitedUnknown ErrorCode = "DOMAIN_TRANSFER_PROHIBITED_UNKNOWN"
	// CodeDomainRegisteredViaDirecti: no automatic transfer within DirectI (2.3.3).
	CodeDomainRegisteredViaDirecti ErrorCode = "DOMAIN_REGISTERED_VIA_DIRECTI"
	// CodeNotFoundUniqueRequiredData: name, service type or user is missing for the uniqueness check (2.3.3).
	CodeNotFoundUniqueRequiredData ErrorCode = "NOT_FOUND_UNIQUE_REQUIRED_DATA"
	// CodeNotFoundUniqueRequiredDataInMarket: lot or service type is missing for the uniqueness check (2.3.3, older edition).
	CodeNotFoundUniqueRequiredDataInMarket ErrorCode = "NOT_FOUND_UNIQUE_REQUIRED_DATA_IN_MARKET"
	// CodeOrderAlreadyPayed: this order has been paid already (2.3.3).
	CodeOrderAlreadyPayed ErrorCode = "ORDER_ALREADY_PAYED"
	// CodeDoubleOrder: an unpaid order for the same thing exists (2.3.3).
	CodeDoubleOrder ErrorCode = "DOUBLE_ORDER"
	// CodeDomainOrderLocked: another operation on the same domain is unfinished (2.3.3).
	CodeDomainOrderLocked ErrorCode = "DOMAIN_ORDER_LOCKED"
	// CodeInstalmentNotAllowedForSU: .su cannot be paid in parts (2.3.3).
	CodeInstalmentNotAllowedForSU ErrorCode = "INSTALMENT_NOT_ALLOWED_FOR_SU"
	// CodeUnavailableDomainZone: the TLD is not among those served (2.3.3).
	CodeUnavailableDomainZone ErrorCode = "UNAVAILABLE_DOMAIN_ZONE"

	// DNS zones, 2.3.3.

	// CodeDomainIsNotUseRegruNSS: the domain is not delegated to ns1.reg.ru and ns2.reg.ru (2.3.3).
	CodeDomainIsNotUseRegruNSS ErrorCode = "DOMAIN_IS_NOT_USE_REGRU_NSS"
	// CodeReverseZoneAPINotSupported: reverse zones cannot be edited (2.3.3).
	CodeReverseZoneAPINotSupported ErrorCode = "REVERSE_ZONE_API_NOT_SUPPORTED"
	// CodeIPInvalid: not an IP address (2.3.3).
	CodeIPInvalid ErrorCode = "IP_INVALID"
	// CodeSubdInvalid: not a valid subdomain (2.3.3).
	CodeSubdInvalid ErrorCode = "SUBD_INVALID"
	// CodeConflictCNAME: a CNAME cannot share its name with other records (2.3.3).
	CodeConflictCNAME ErrorCode = "CONFLICT_CNAME"
	// CodeUnsupportedUnicodeSymbol: the value holds a Unicode character that is not taken (2.3.3).
	CodeUnsupportedUnicodeSymbol ErrorCode = "UNSUPPORTED_UNICODE_SYMBOL"

	// DNSSEC, 2.3.3.

	// CodeDomainDoesntSupportDNSSEC: the domain cannot be signed (2.3.3).
	CodeDomainDoesntSupportDNSSEC ErrorCode = "DOMAIN_DOESNT_SUPPORT_DNSSEC"
	// CodeCantGetInfoFromRegistry: the registry gave no information (2.3.3).
	CodeCantGetInfoFromRegistry ErrorCode = "CANT_GET_INFO_FROM_REGISTRY"
	// CodeDNSSECUpdatingInProgress: an earlier DNSSEC change is still under way (2.3.3).
	CodeDNSSECUpdatingInProgress ErrorCode = "DNSSEC_UPDATING_IN_PROGRESS"
	// CodeDomainUsesRegruNSS: the domain uses REG.RU name servers, so its keys are not set by hand (2.3.3).
	CodeDomainUsesRegruNSS ErrorCode = "DOMAIN_USES_REGRU_NSS"
	// CodeInvalidRecords: the DNSSEC records are malformed (2.3.3).
	CodeInvalidRecords ErrorCode = "INVALID_RECORDS"

	// Other errors, 2.3.3.

	// CodeNoSuchCommand: the API has no such function (2.3.3).
	CodeNoSuchCommand ErrorCode = "NO_SUCH_COMMAND"
	// CodeHTTPSOnly: the function refuses plain HTTP (2.3.3).
	CodeHTTPSOnly ErrorCode = "HTTPS_ONLY"
	// CodeParameterMissing: a required parameter is missing (2.3.3).
	CodeParameterMissing ErrorCode = "PARAMETER_MISSING"
	// CodeParameterIncorrect: a parameter has a wrong format or value (2.3.3).
	CodeParameterIncorrect ErrorCode = "PARAMETER_INCORRECT"
	// CodeNotEnoughMoney: the balance does not cover the operation (2.3.3).
	CodeNotEnoughMoney ErrorCode = "NOT_ENOUGH_MONEY"
	// CodeInternalError: the API failed inside (2.3.3).
	CodeInternalError ErrorCode = "INTERNAL_ERROR"
	// CodeServiceOperationsDisabled: operations on the service are switched off (2.3.3).
	CodeServiceOperationsDisabled ErrorCode = "SERVICE_OPERATIONS_DISABLED"
	// CodeUnsupportedCurrency: the currency is not one of those served (2.3.3).
	CodeUnsupportedCurrency ErrorCode = "UNSUPPORTED_CURRENCY"
	// CodePricesNotFound: no prices for this type of service (2.3.3).
	CodePricesNotFound ErrorCode = "PRICES_NOT_FOUND"
	// CodeServiceAlreadyExists: the service exists already (2.3.3).
	CodeServiceAlreadyExists ErrorCode = "SERVICE_ALREADY_EXISTS"
	// CodeDomainIsNotActive: the domain is not active yet (2.3.3).
	CodeDomainIsNotActive ErrorCode = "DOMAIN_IS_NOT_ACTIVE"
	// CodeDomainIsNotVerified: the domain's e-mail address is not verified (2.3.3).
	CodeDomainIsNotVerified ErrorCode = "DOMAIN_IS_NOT_VERIFIED"

	// Codes of the category user.

	// CodeUserLoginNotUnique: the login is taken (5.2).
	CodeUserLoginNotUnique ErrorCode = "USER_LOGIN_NOT_UNIQUE"

	// Codes of the category bill.

	// CodeBillCanNotRemoved: the bill cannot be deleted in its present state (6.5).
	CodeBillCanNotRemoved ErrorCode = "BILL_CAN_NOT_REMOVED"
	// CodeBillIDNotFound: no such bill in this account (6.5).
	CodeBillIDNotFound ErrorCode = "BILL_ID_NOT_FOUND"

	// Codes of the category service.

	// CodeNeedsConfirmation: the service is ordered and waits for a confirmation (7.4).
	CodeNeedsConfirmation ErrorCode = "NEEDS_CONFIRMATION"
	// CodeWaiting: the same was ordered already, and is not processed yet (7.4).
	CodeWaiting ErrorCode = "WAITING"
	// CodeAccountIsNotTrial: the account is not a trial one (7.4).
	CodeAccountIsNotTrial ErrorCode = "ACCOUNT_IS_NOT_TRIAL"
	// CodeTrialAccountCreationError: a trial account could not be created (7.4, older edition).
	CodeTrialAccountCreationError ErrorCode = "TRIAL_ACCOUNT_CREATION_ERROR"
	// CodeCannotGetUserID: the user's number at the hosting could not be found out (7.4, older edition).
	CodeCannotGetUserID ErrorCode = "CANNOT_GET_USER_ID"
	// CodeAlreadyExistsOnServer: the hosting server holds the domain already (7.5).
	CodeAlreadyExistsOnServer ErrorCode = "ALREADY_EXISTS_ON_SERVER"
	// CodeAlreadyExistsOnNSS: the hosting's name servers hold the domain already (7.5).
	CodeAlreadyExistsOnNSS ErrorCode = "ALREADY_EXISTS_ON_NSS"
	// CodeInvalidPeriod: the service cannot be ordered for that period (7.5).
	CodeInvalidPeriod ErrorCode = "INVALID_PERIOD"
	// CodeInvalidPlan: no such plan (7.5).
	CodeInvalidPlan ErrorCode = "INVALID_PLAN"
	// CodeFieldValueTooShort: a value is too short (7.5).
	CodeFieldValueTooShort ErrorCode = "FIELD_VALUE_TOO_SHORT"
	// CodeHasActiveProjects: projects of the service are still active (7.6).
	CodeHasActiveProjects ErrorCode = "HAS_ACTIVE_PROJECTS"
	// CodeIncorrectState: only an active or suspended service can be renewed (7.13).
	CodeIncorrectState ErrorCode = "INCORRECT_STATE"
	// CodeProlongError: the renewal failed; its text says why (7.13).
	CodeProlongError ErrorCode = "PROLONG_ERROR"
	// CodeDataIsReadOnly: the service may be read and not changed (7.15).
	CodeDataIsReadOnly ErrorCode = "DATA_IS_READ_ONLY"
	// CodeServiceNotActive: only an active service can be suspended (7.16, older edition).
	CodeServiceNotActive ErrorCode = "SERVICE_NOT_ACTIVE"
	// CodeServiceNotSuspended: only a suspended service can be resumed (7.18).
	CodeServiceNotSuspended ErrorCode = "SERVICE_NOT_SUSPENDED"
	// CodeServiceExpired: the service has expired (7.18).
	CodeServiceExpired ErrorCode = "SERVICE_EXPIRED"
	// CodeServiceUpgradeNotAllowed: the plan of this service cannot be raised (7.20).
	CodeServiceUpgradeNotAllowed ErrorCode = "SERVICE_UPGRADE_NOT_ALLOWED"
	// CodeDiskSizeTooLarge: more disk space was asked for than is sold (7.20).
	CodeDiskSizeTooLarge ErrorCode = "DISK_SIZE_TOO_LARGE"
	// CodeServiceBlocked: the service is blocked (7.20).
	CodeServiceBlocked ErrorCode = "SERVICE_BLOCKED"
	// CodeOnlyHostingAndSSLCertificates: mail is resent for hosting and certificates only (7.23).
	CodeOnlyHostingAndSSLCertificates ErrorCode = "ONLY_HOSTING_AND_SSL_CERTIFICATES"
	// CodeCanNotResendEmail: the mail cannot be sent again (7.23).
	CodeCanNotResendEmail ErrorCode = "CAN_NOT_RESEND_EMAIL"

	// Codes of the category domain.

	// CodeAuthInfoNotFound: the transfer key is missing (8.8).
	CodeAuthInfoNotFound ErrorCode = "AUTHINFO_NOT_FOUND"
	// CodeInvalidAuthInfo: the transfer key holds characters that are not taken (8.8).
	CodeInvalidAuthInfo ErrorCode = "INVALID_AUTHINFO"
	// CodeNotATransferOrder: the domain did not come by transfer (8.10).
	CodeNotATransferOrder ErrorCode = "NOT_A_TRANSFER_ORDER"
	// CodeContactsNotFound: the contacts are missing (8.12).
	CodeContactsNotFound ErrorCode = "CONTACTS_NOT_FOUND"
	// CodeInvalidContacts: the contacts are wrong (8.12).
	CodeInvalidContacts ErrorCode = "INVALID_CONTACTS"
	// CodeUnknownContype: the contacts do not show whether a person or an organization registers (8.12).
	CodeUnknownContype ErrorCode = "UNKNOWN_CONTYPE"
	// CodeDomainsNotFound: the list of domains is missing (8.12).
	CodeDomainsNotFound ErrorCode = "DOMAINS_NOT_FOUND"
	// CodeReregNotFound: the domain is not on the list of those becoming free (8.12).
	CodeReregNotFound ErrorCode = "REREG_NOT_FOUND"
	// CodeInvalidBid: the bid is not valid (8.12).
	CodeInvalidBid ErrorCode = "INVALID_BID"
	// CodeSameOrMoreBidFound: somebody bid as much or more (8.12).
	CodeSameOrMoreBidFound ErrorCode = "SAME_OR_MORE_BID_FOUND"
	// CodeYourSameOrMoreBidFound: the account itself bid as much or more (8.12).
	CodeYourSameOrMoreBidFound ErrorCode = "YOUR_SAME_OR_MORE_BID_FOUND"
	// CodeCreationIsTemporarilyLocked: bids are closed for some minutes while the list is updated (8.12, older edition).
	CodeCreationIsTemporarilyLocked ErrorCode = "CREATION_IS_TEMPORARILY_LOCKED"
	// CodeCantGetDocsUploadSID: no session for uploading documents (8.14).
	CodeCantGetDocsUploadSID ErrorCode = "CANT_GET_DOCS_UPLOAD_SID"
	// CodeIncompatibleContypes: domains of persons and of organizations in one request (8.15).
	CodeIncompatibleContypes ErrorCode = "INCOMPATIBLE_CONTYPES"
	// CodeIncompatibleZones: TLDs in one request that do not go together (8.15).
	CodeIncompatibleZones ErrorCode = "INCOMPATIBLE_ZONES"
	// CodePPUpdateFail: the private-person flag could not be changed (8.15).
	CodePPUpdateFail ErrorCode = "PP_UPDATE_FAIL"
	// CodeInvalidNSS: the name servers are not valid (8.20).
	CodeInvalidNSS ErrorCode = "INVALID_NSS"
	// CodeUndelegationNotSupportedByTLD: the TLD does not let a domain be delegated or undelegated (8.20).
	CodeUndelegationNotSupportedByTLD ErrorCode = "UNDELEGATION_NOT_SUPPORTED_BY_TLD"
	// CodeUndelegationNotSupportedByDomainState: the delegation of the domain is locked (8.20).
	CodeUndelegationNotSupportedByDomainState ErrorCode = "UNDELEGATION_NOT_SUPPORTED_BY_DOMAIN_STATE"
	// CodeOperationForServiceOwnerOnly: only the owner may do this (8.23).
	CodeOperationForServiceOwnerOnly ErrorCode = "OPERATION_FOR_SERVICE_OWNER_ONLY"
	// CodeOperationForServiseOwnerOnly: the older spelling of OPERATION_FOR_SERVICE_OWNER_ONLY (8.23, older edition).
	CodeOperationForServiseOwnerOnly ErrorCode = "OPERATION_FOR_SERVISE_OWNER_ONLY"
	// CodeNotTransferedDomainStatus: the state of the domain forbids the transfer (8.23).
	CodeNotTransferedDomainStatus ErrorCode = "NOT_TRANSFERED_DOMAIN_STATUS"
	// CodeTransferDelay: the waiting time after an earlier transfer is not over (8.23, older edition).
	CodeTransferDelay ErrorCode = "TRANSFER_DELAY"
	// CodeIncorrectDomainOwnerServicePlan: the owner is not a Partner, or on a plan that does not allow this (8.26).
	CodeIncorrectDomainOwnerServicePlan ErrorCode = "INCORRECT_DOMAIN_OWNER_SERVICE_PLAN"
	// CodeBelongsToAnotherRegistrar: another registrar holds the domain (8.26).
	CodeBelongsToAnotherRegistrar ErrorCode = "BELONGS_TO_ANOTHER_REGISTRAR"
	// CodeFreeDomain: nobody has registered the domain (8.26).
	CodeFreeDomain ErrorCode = "FREE_DOMAIN"
	// CodeCheckDomainError: the domain cannot be transferred (8.26).
	CodeCheckDomainError ErrorCode = "CHECK_DOMAIN_ERROR"
	// CodeNoDomainsToTransfer: none of the domains can be transferred (8.26).
	CodeNoDomainsToTransfer ErrorCode = "NO_DOMAINS_TO_TRANSFER"
	// CodeBadServicePlan: the account's Partner plan does not include the function (8.26).
	CodeBadServicePlan ErrorCode = "BAD_SERVICE_PLAN"
	// CodeRequestToTransferDisabled: the account may not request transfers (8.26).
	CodeRequestToTransferDisabled ErrorCode = "REQUEST_TO_TRANSFER_DISABLED"
	// CodeNoTLD: the TLD is missing or empty (8.27).
	CodeNoTLD ErrorCode = "NO_TLD"
	// CodeAlreadyVerified: the e-mail address is verified already (8.28).
	CodeAlreadyVerified ErrorCode = "ALREADY_VERIFIED"
	// CodeNotVerified: the e-mail address is not verified yet (8.28).
	CodeNotVerified ErrorCode = "NOT_VERIFIED"
	// CodeNotRequired: the TLD asks for no verification (8.28).
	CodeNotRequired ErrorCode = "NOT_REQUIRED"

	// Codes of the category zone.

	// CodeCAAInvalid: the CAA record is wrong (9.4).
	CodeCAAInvalid ErrorCode = "CAA_INVALID"
	// CodeFlagsInvalid: the CAA flags are wrong (9.4).
	CodeFlagsInvalid ErrorCode = "FLAGS_INVALID"
	// CodeTagInvalid: the CAA tag is wrong (9.4).
	CodeTagInvalid ErrorCode = "TAG_INVALID"
	// CodeCNAMEInvalid: the CNAME target is wrong (9.5).
	CodeCNAMEInvalid ErrorCode = "CNAME_INVALID"
	// CodeCNAMEAndOtherData: other records hold the name of the CNAME (9.5).
	CodeCNAMEAndOtherData ErrorCode = "CNAME_ANDOTHERDATA"
	// CodeHTTPSInvalid: the HTTPS record is wrong (9.6).
	CodeHTTPSInvalid ErrorCode = "HTTPS_INVALID"
	// CodeHTTPSTargetInvalid: the HTTPS target is wrong (9.6).
	CodeHTTPSTargetInvalid ErrorCode = "HTTPS_TARGET_INVALID"
	// CodePriorityInvalid: the priority is missing or not a number (9.6).
	CodePriorityInvalid ErrorCode = "PRIORITY_INVALID"
	// CodeMailHostInvalid: the mail server is neither an address nor a name (9.7).
	CodeMailHostInvalid ErrorCode = "MAILHOST_INVALID"
	// CodeNSAddrInvalid: the name server is wrong (9.8).
	CodeNSAddrInvalid ErrorCode = "NSADDR_INVALID"
	// CodeTextNotFound: the text is missing (9.9).
	CodeTextNotFound ErrorCode = "TEXT_NOT_FOUND"
	// CodeTextTooLong: the text is too long (9.9).
	CodeTextTooLong ErrorCode = "TEXT_TOOLONG"
	// CodeTextContainsInvalidCharacters: the text holds characters that are not taken (9.9).
	CodeTextContainsInvalidCharacters ErrorCode = "TEXT_CONTAINS_INVALID_CHARACTERS"
	// CodeServiceInvalid: the SRV service name is missing or wrong (9.10).
	CodeServiceInvalid ErrorCode = "SERVICE_INVALID"
	// CodeWeightInvalid: the SRV weight is not a number (9.10).
	CodeWeightInvalid ErrorCode = "WEIGHT_INVALID"
	// CodePortInvalid: the SRV port is missing or not a number (9.10).
	CodePortInvalid ErrorCode = "PORT_INVALID"
	// CodeInvalidZoneRecordType: no such record type (9.11).
	CodeInvalidZoneRecordType ErrorCode = "INVALID_ZONE_RECORD_TYPE"
	// CodeInvalidAction: no such action in an action list (9.12).
	CodeInvalidAction ErrorCode = "INVALID_ACTION"
	// CodeSOARecordInvalid: a TTL of the SOA record is wrong (9.13).
	CodeSOARecordInvalid ErrorCode = "SOA_RECORD_INVALID"
)
