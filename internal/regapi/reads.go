package regapi

import "github.com/regapi-io/regapi-operator/internal/regapi/catalog"

// reads are the functions that change nothing, so that they may be called again, and whose answer
// may be given to several callers.
var reads = func() map[string]bool {
	set := map[string]bool{}
	for _, function := range catalog.Functions() {
		set[function.Name] = function.ReadOnly
	}
	// These make a link for logging in or for uploading: each caller needs one of its own.
	for _, function := range []string{
		"service/seowizard_manage_link", "service/get_websitebuilder_link", "domain/get_docs_upload_uri", // 7.26, 7.27, 8.14
		"hosting/get_jelastic_refill_url", "hosting/get_parallelswpb_constructor_url", // 11.2 and 11.4 of the older edition
	} {
		delete(set, function)
	}
	return set
}()

// isRead reports whether a function provably changes nothing.
func isRead(function string) bool { return reads[function] }
