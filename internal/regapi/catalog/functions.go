package catalog

// commonFunctions are those of section 4.
var commonFunctions = []Function{
	{Name: "nop", Section: "4.1", Access: Clients, ReadOnly: true, Summary: "tells whose the credentials are"},
	{Name: "reseller_nop", Section: "4.2", Access: Partners, HTTPSOnly: true, ReadOnly: true, Summary: "tells whose the credentials are, to Partners"},
	{Name: "get_user_id", Section: "4.3", Access: Clients, ReadOnly: true, Summary: "tells the number of the account"},
	{Name: "get_service_id", Section: "4.4", Access: Clients, ReadOnly: true, Summary: "tells the number of a domain or service"},
}

// userFunctions are those of section 5.
var userFunctions = []Function{
	{Name: "user/nop", Section: "5.1", Access: Everyone, ReadOnly: true, Summary: "tells that the API is there"},
	{Name: "user/create", Section: "5.2", Access: Partners, GivesAway: true, Summary: "registers a new user"},
	{Name: "user/get_statistics", Section: "5.3", Access: Clients, ReadOnly: true, Summary: "counts domains and folders, and adds up costs"},
	{Name: "user/get_balance", Section: "5.4", Access: Clients, ReadOnly: true, Summary: "tells the money on the account"},
	{Name: "user/set_reseller_url", Section: "5.5", Access: Partners, Summary: "sets where an external service sends its user"},
	{Name: "user/get_reseller_url", Section: "5.6", Access: Partners, ReadOnly: true, Summary: "tells where an external service sends its user"},
	{Name: "user/refill_balance", Section: "5.5", Access: Clients, Status: Obsolete, Charges: true, Summary: "puts money on the account"},
}

// billFunctions are those of section 6.
var billFunctions = []Function{
	{Name: "bill/nop", Section: "6.1", Access: Clients, List: Bills, ReadOnly: true, Summary: "checks that bills exist"},
	{Name: "bill/get_not_payed", Section: "6.2", Access: Clients, ReadOnly: true, Summary: "lists the unpaid bills"},
	{Name: "bill/get_for_period", Section: "6.3", Access: Partners, ReadOnly: true, Summary: "lists the bills of a period"},
	{Name: "bill/change_pay_type", Section: "6.4", Access: Clients, List: Bills, Charges: true, Summary: "changes how bills are paid; paying from the balance happens at once"},
	{Name: "bill/delete", Section: "6.5", Access: Clients, List: Bills, Summary: "deletes unpaid bills"},
}

// serviceFunctions are those of section 7.
var serviceFunctions = []Function{
	{Name: "service/nop", Section: "7.1", Access: Clients, List: Services, ReadOnly: true, Summary: "checks that services exist"},
	{Name: "service/get_prices", Section: "7.2", Access: Everyone, ReadOnly: true, Summary: "lists the prices of ordering and renewing services"},
	{Name: "service/get_servtype_details", Section: "7.3", Access: Everyone, ReadOnly: true, Summary: "tells prices and terms of one type of service"},
	{Name: "service/create", Section: "7.4", Access: Everyone, Charges: true, Summary: "orders a service"},
	{Name: "service/check_create", Section: "7.5", Access: Everyone, ReadOnly: true, Summary: "checks the parameters of an order without ordering"},
	{Name: "service/delete", Section: "7.6", Access: Clients, GivesAway: true, Summary: "deletes a service"},
	{Name: "service/resend_startup_mail", Section: "3.3", Access: Clients, Status: Listed, Summary: "sends the letter that tells of an activated service again"},
	{Name: "service/get_info", Section: "7.7", Access: Clients, List: Services, ReadOnly: true, Summary: "tells state and dates of services"},
	{Name: "service/get_list", Section: "7.8", Access: Clients, ReadOnly: true, Summary: "lists the services of the account"},
	{Name: "service/get_folders", Section: "7.9", Access: Clients, ReadOnly: true, Summary: "lists the folders that hold a service"},
	{Name: "service/get_details", Section: "7.10", Access: Clients, List: Services, ReadOnly: true, Summary: "tells the settings of services and the contacts of domains"},
	{Name: "service/service_get_details", Section: "3.3", Access: Clients, List: Services, ReadOnly: true, Status: Listed, Summary: "tells the settings of services"},
	{Name: "service/get_dedicated_server_list", Section: "7.11", Access: Clients, ReadOnly: true, Summary: "lists the dedicated servers on offer"},
	{Name: "service/update", Section: "7.12", Access: Clients, Summary: "changes the settings of a service"},
	{Name: "service/renew", Section: "7.13", Access: Clients, List: Services, Charges: true, Summary: "prolongs domains and services"},
	{Name: "service/get_bills", Section: "7.14", Access: Partners, List: Services, ReadOnly: true, Summary: "lists the numbers of the bills for services"},
	{Name: "service/check_readonly", Section: "7.15", Access: Clients, List: Services, ReadOnly: true, Summary: "tells whether services may be changed"},
	{Name: "service/set_autorenew_flag", Section: "7.16", Access: Clients, Summary: "switches automatic renewal"},
	{Name: "service/suspend", Section: "7.17", Access: Clients, Summary: "suspends a service; takes a domain out of delegation"},
	{Name: "service/resume", Section: "7.18", Access: Clients, Summary: "resumes a service; delegates a domain again"},
	{Name: "service/get_depreciated_period", Section: "7.19", Access: Clients, ReadOnly: true, Summary: "tells how many periods are left of a service"},
	{Name: "service/upgrade", Section: "7.20", Access: Clients, Charges: true, Summary: "changes a service to a higher plan"},
	{Name: "service/partcontrol_grant", Section: "7.21", Access: Clients, Summary: "lets another user manage a service in part"},
	{Name: "service/partcontrol_revoke", Section: "7.22", Access: Clients, Summary: "takes partial control back"},
	{Name: "service/resend_mail", Section: "7.23", Access: Clients, Summary: "sends a letter about a service again"},
	{Name: "service/refill", Section: "7.24", Access: Clients, Charges: true, Summary: "puts money on a service's own balance"},
	{Name: "service/get_balance", Section: "7.25", Access: Clients, ReadOnly: true, Summary: "tells the balance of an external service"},
	{Name: "service/seowizard_manage_link", Section: "7.26", Access: Partners, ReadOnly: true, Personal: true, Summary: "makes a link to the control panel of Seowizard"},
	{Name: "service/get_websitebuilder_link", Section: "7.27", Access: Partners, ReadOnly: true, Personal: true, Summary: "makes a link to the site builder"},
	{Name: "service/refund", Section: "7.24", Access: Partners, Status: Obsolete, Summary: "takes money from a service's own balance back"},
}

// domainFunctions are those of section 8.
var domainFunctions = []Function{
	{Name: "domain/nop", Section: "8.1", Access: Everyone, ReadOnly: true, Summary: "tells the number of a domain"},
	{Name: "domain/get_prices", Section: "8.2", Access: Everyone, ReadOnly: true, Summary: "lists the prices of registering and renewing in all zones"},
	{Name: "domain/get_suggest", Section: "8.3", Access: Partners, ReadOnly: true, Summary: "suggests free names"},
	{Name: "domain/get_premium_prices", Section: "8.4", Access: Partners, ReadOnly: true, Summary: "tells the prices of premium names"},
	{Name: "domain/get_deleted", Section: "8.5", Access: Partners, ReadOnly: true, Summary: "lists names that became free"},
	{Name: "domain/check", Section: "8.6", Access: Partners, List: Domains, ReadOnly: true, Summary: "tells whether names are free"},
	{Name: "domain/create", Section: "8.7", Access: Clients, List: Domains, Charges: true, Summary: "registers domains"},
	{Name: "domain/transfer", Section: "8.8", Access: Clients, List: Domains, Charges: true, Summary: "takes domains over from another registrar"},
	{Name: "domain/get_transfer_status", Section: "8.9", Access: Clients, List: Domains, ReadOnly: true, Summary: "tells how transfers from another registrar go"},
	{Name: "domain/set_new_authinfo", Section: "8.10", Access: Clients, List: Domains, GivesAway: true, Summary: "sets the transfer keys of transfers under way"},
	{Name: "domain/cancel_transfer", Section: "3.3", Access: Partners, Status: Listed, GivesAway: true, Summary: "cancels a transfer from another registrar"},
	{Name: "domain/get_rereg_data", Section: "8.11", Access: Partners, ReadOnly: true, Summary: "lists domains about to become free"},
	{Name: "domain/set_rereg_bids", Section: "8.12", Access: Clients, List: Domains, Charges: true, Summary: "bids for domains about to become free"},
	{Name: "domain/get_user_rereg_bids", Section: "8.13", Access: Clients, ReadOnly: true, Summary: "lists the account's bids"},
	{Name: "domain/get_docs_upload_uri", Section: "8.14", Access: Clients, ReadOnly: true, Personal: true, Summary: "makes a link for the upload of a registrant's documents"},
	{Name: "domain/update_contacts", Section: "8.15", Access: Clients, List: Domains, Charges: true, Summary: "changes the contacts of domains"},
	{Name: "domain/update_private_person_flag", Section: "8.16", Access: Clients, List: Domains, Summary: "hides or shows contacts in WHOIS"},
	{Name: "domain/register_ns", Section: "8.17", Access: Everyone, Summary: "enters a name server into the registry"},
	{Name: "domain/delete_ns", Section: "8.18", Access: Everyone, Summary: "removes a name server from the registry"},
	{Name: "domain/get_nss", Section: "8.19", Access: Clients, List: Domains, ReadOnly: true, Summary: "tells the name servers of domains"},
	{Name: "domain/update_nss", Section: "8.20", Access: Clients, List: Domains, Charges: true, Summary: "changes the name servers of domains"},
	{Name: "domain/delegate", Section: "8.21", Access: Everyone, List: Domains, Summary: "delegates domains"},
	{Name: "domain/undelegate", Section: "8.22", Access: Partners, List: Domains, Summary: "takes domains out of delegation"},
	{Name: "domain/transfer_to_another_account", Section: "8.23", Access: Partners, List: Domains, GivesAway: true, Summary: "offers domains to another account"},
	{Name: "domain/look_at_entering_list", Section: "8.24", Access: Partners, ReadOnly: true, Summary: "lists the domains offered to the account"},
	{Name: "domain/accept_or_refuse_entering_list", Section: "8.25", Access: Partners, List: Domains, GivesAway: true, Summary: "accepts or refuses offered domains"},
	{Name: "domain/request_to_transfer", Section: "8.26", Access: Partners, List: Domains, GivesAway: true, Summary: "asks the owners of domains for a transfer to the account"},
	{Name: "domain/get_tld_info", Section: "8.27", Access: Clients, ReadOnly: true, Summary: "tells the rules of a zone"},
	{Name: "domain/send_email_verification_letter", Section: "8.28", Access: Partners, List: Domains, Summary: "has the address of a registrant verified"},
	{Name: "domain/download_certificate", Section: "8.29", Access: Partners, ReadOnly: true, Summary: "returns the certificate of ownership of a domain as PDF"},
}

// zoneFunctions are those of section 9.
var zoneFunctions = []Function{
	{Name: "zone/nop", Section: "9.1", Access: Clients, List: Domains, ReadOnly: true, Summary: "checks that zones can be managed"},
	{Name: "zone/add_alias", Section: "9.2", Access: Clients, List: Domains, Summary: "adds an A record"},
	{Name: "zone/add_aaaa", Section: "9.3", Access: Clients, List: Domains, Summary: "adds an AAAA record"},
	{Name: "zone/add_caa", Section: "9.4", Access: Clients, List: Domains, Summary: "adds a CAA record"},
	{Name: "zone/add_cname", Section: "9.5", Access: Clients, List: Domains, Summary: "adds a CNAME record"},
	{Name: "zone/add_https", Section: "9.6", Access: Clients, List: Domains, Summary: "adds an HTTPS record"},
	{Name: "zone/add_mx", Section: "9.7", Access: Clients, List: Domains, Summary: "adds an MX record"},
	{Name: "zone/add_ns", Section: "9.8", Access: Clients, List: Domains, Summary: "delegates a subdomain"},
	{Name: "zone/add_txt", Section: "9.9", Access: Clients, List: Domains, Summary: "adds a TXT record"},
	{Name: "zone/add_srv", Section: "9.10", Access: Clients, List: Domains, Summary: "adds an SRV record"},
	{Name: "zone/get_resource_records", Section: "9.11", Access: Clients, List: Domains, ReadOnly: true, Summary: "reads zones"},
	{Name: "zone/update_records", Section: "9.12", Access: Partners, List: Domains, Summary: "makes many changes in zones"},
	{Name: "zone/update_soa", Section: "9.13", Access: Clients, List: Domains, Summary: "sets the times of zones"},
	{Name: "zone/tune_forwarding", Section: "9.14", Access: Clients, List: Domains, Summary: "adds the records of web forwarding"},
	{Name: "zone/clear_forwarding", Section: "9.15", Access: Clients, List: Domains, Summary: "removes the records of web forwarding"},
	{Name: "zone/tune_parking", Section: "9.16", Access: Clients, List: Domains, Summary: "adds the records of parking"},
	{Name: "zone/clear_parking", Section: "9.17", Access: Clients, List: Domains, Summary: "removes the records of parking"},
	{Name: "zone/remove_record", Section: "9.18", Access: Clients, List: Domains, Summary: "removes records"},
	{Name: "zone/clear", Section: "9.19", Access: Clients, List: Domains, Summary: "removes all records"},
}

// dnssecFunctions are those of section 10.
var dnssecFunctions = []Function{
	{Name: "dnssec/nop", Section: "10.1", Access: Clients, List: Domains, ReadOnly: true, Summary: "checks that DNSSEC can be managed"},
	{Name: "dnssec/get_status", Section: "10.2", Access: Clients, List: Domains, ReadOnly: true, Summary: "tells whether domains are signed"},
	{Name: "dnssec/enable", Section: "10.3", Access: Clients, List: Domains, Summary: "signs domains"},
	{Name: "dnssec/disable", Section: "10.4", Access: Clients, List: Domains, Summary: "stops signing domains"},
	{Name: "dnssec/renew_ksk", Section: "10.5", Access: Clients, List: Domains, Summary: "renews key-signing keys"},
	{Name: "dnssec/renew_zsk", Section: "10.6", Access: Clients, List: Domains, Summary: "renews zone-signing keys"},
	{Name: "dnssec/get_records", Section: "10.7", Access: Clients, List: Domains, ReadOnly: true, Summary: "lists DS and DNSKEY records"},
	{Name: "dnssec/add_keys", Section: "10.8", Access: Clients, List: Domains, Summary: "passes keys to the parent zone"},
}

// hostingFunctions are those of section 11.
var hostingFunctions = []Function{
	{Name: "hosting/nop", Section: "11.1", Access: Clients, ReadOnly: true, Summary: "tells that the API is there"},
	{Name: "hosting/get_os_templates", Section: "3.3", Access: Everyone, ReadOnly: true, Status: Listed, Summary: "lists operating systems"},
	{Name: "hosting/get_jelastic_refill_url", Section: "11.2", Access: Partners, ReadOnly: true, Personal: true, Status: Obsolete, Summary: "tells where users of Jelastic pay"},
	{Name: "hosting/set_jelastic_refill_url", Section: "11.3", Access: Partners, Status: Obsolete, Summary: "sets where users of Jelastic pay"},
	{Name: "hosting/get_parallelswpb_constructor_url", Section: "11.4", Access: Clients, ReadOnly: true, Personal: true, Status: Obsolete, Summary: "makes a link to the ParallelsWPB site builder"},
	{Name: "hosting/get_rs_themes", Section: "11.5", Access: Everyone, ReadOnly: true, Status: Obsolete, Summary: "lists the themes of ready-made sites"},
}

// folderFunctions are those of section 12.
var folderFunctions = []Function{
	{Name: "folder/nop", Section: "12.1", Access: Everyone, ReadOnly: true, Summary: "tells that a folder exists, and its number"},
	{Name: "folder/create", Section: "12.2", Access: Everyone, Summary: "makes a folder"},
	{Name: "folder/remove", Section: "12.3", Access: Everyone, Summary: "deletes a folder"},
	{Name: "folder/rename", Section: "12.4", Access: Everyone, Summary: "renames a folder"},
	{Name: "folder/get_services", Section: "12.5", Access: Everyone, ReadOnly: true, Summary: "lists the services in a folder"},
	{Name: "folder/add_services", Section: "12.6", Access: Everyone, List: Services, Summary: "puts services into a folder"},
	{Name: "folder/remove_services", Section: "12.7", Access: Everyone, List: Services, Summary: "takes services out of a folder"},
	{Name: "folder/replace_services", Section: "12.8", Access: Everyone, List: Services, Summary: "replaces the services in a folder"},
	{Name: "folder/move_services", Section: "12.9", Access: Everyone, List: Services, Summary: "moves services from one folder to another"},
}

// shopFunctions are those of section 13.
var shopFunctions = []Function{
	{Name: "shop/nop", Section: "13.1", Access: Clients, List: Domains, ReadOnly: true, Summary: "tells the number of a lot"},
	{Name: "shop/delete_lot", Section: "13.2", Access: Everyone, Summary: "withdraws offers"},
	{Name: "shop/get_info", Section: "13.3", Access: Everyone, ReadOnly: true, Summary: "tells about a lot"},
	{Name: "shop/get_lot_list", Section: "13.4", Access: Everyone, ReadOnly: true, Summary: "lists lots"},
	{Name: "shop/get_category_list", Section: "13.5", Access: Everyone, ReadOnly: true, Summary: "lists the categories of lots"},
	{Name: "shop/get_suggested_tags", Section: "13.6", Access: Everyone, ReadOnly: true, Summary: "lists popular keywords of lots"},
	{Name: "shop/update_lot", Section: "13.2", Access: Everyone, Status: Obsolete, Summary: "offers a domain for sale, or changes the offer"},
}
