// Package refusal holds what the simulator refuses with: every error code that REG.API documents, and its text in English and Russian.
//
// It owns the tables of texts and imports nothing of this module: who refuses what, and when, is the business of its callers. An [Error] is made
// anew for each refusal and belongs to one request: nil means success, and its methods must neither be called on nil nor from two
// goroutines at once. The tables are read alone.
//
// Start reading at [New]; the codes stand in table.go (sections 2.3.3 and 9), table_domains.go (8) and table_services.go (5, 6, 7 and 12).
package refusal
