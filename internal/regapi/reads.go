package regapi

// reads are the functions that change nothing, by section. Those that hand out links for logging in
// or uploading are none of them: each caller needs a link of its own.
var reads = func() map[string]bool {
	set := map[string]bool{}
	for _, function := range []string{
		"nop", "reseller_nop", "get_user_id", "get_service_id", // 4
		"user/nop", "user/get_statistics", "user/get_balance", // 5
		"bill/nop", "bill/get_not_payed", "bill/get_for_period", // 6
		"service/nop", "service/get_prices", "service/get_servtype_details", "service/check_create", // 7
		"service/get_info", "service/get_list", "service/get_folders", "service/get_details",
		"service/get_dedicated_server_list", "service/get_bills", "service/check_readonly",
		"service/get_depreciated_period", "service/get_balance",
		"domain/nop", "domain/get_prices", "domain/get_suggest", "domain/get_premium_prices", // 8
		"domain/get_deleted", "domain/check", "domain/get_transfer_status", "domain/get_rereg_data",
		"domain/get_user_rereg_bids", "domain/get_nss", "domain/look_at_entering_list", "domain/get_tld_info",
		"zone/nop", "zone/get_resource_records", // 9
		"dnssec/nop", "dnssec/get_status", "dnssec/get_records", // 10
		"hosting/nop",                       // 11
		"folder/nop", "folder/get_services", // 12
		"shop/nop", "shop/get_info", "shop/get_lot_list", "shop/get_category_list", "shop/get_suggested_tags", // 13
	} {
		set[function] = true
	}
	return set
}()

// isRead reports whether a function provably changes nothing, so that it may be called again.
func isRead(function string) bool { return reads[function] }
