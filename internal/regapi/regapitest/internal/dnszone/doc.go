// Package dnszone holds zones: names and records in the form in which REG.API stores them, what its functions may do to them, and the answers that
// the registrar's name servers give from them.
//
// It owns the contents of one zone, and no more: which domain has it, who may touch it and when a change is published are decided above. Of this
// module it imports packages behaviour and refusal alone. A [Zone] is made by [New], nil is none; its methods, those that only read among
// them, are called under one lock, which is the server's. [Record] and [SOA] are plain values.
//
// Start reading at [Zone] and its Add. actions.go has what zone/update_records can ask for, builders.go reads the parameters of those that add;
// names.go and record.go bring everything into the stored form; resolver.go answers DNS.
package dnszone
