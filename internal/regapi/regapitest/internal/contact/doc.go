// Package contact knows which contacts the registrant of a domain gives, zone by zone, and checks them as section 8.7 describes them: lengths,
// alphabets, dates that exist, telephone numbers, and the words of zones that ask for more.
//
// It knows nothing of domains and accounts: contacts are names with their texts. Tables and functions are read alone and safe for concurrent use.
// Start reading at [Check]; the tables of the documentation stand in tables.go.
package contact
