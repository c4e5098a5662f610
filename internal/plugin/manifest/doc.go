// Package manifest writes DNSZone and Domain objects from what is there: from what an account holds, and from BIND zone files; and zone
// files from objects.
//
// Applying what it writes changes nothing: every record is held against what the operator would make of the entry, and what no entry can
// say, or is somebody else's, is left out with the reason. It makes no request, and knows neither a cluster nor an account.
//
// Start reading at Zone.
package manifest
