// Package contacts knows what a registry wants to be told of a registrant: the fields of each kind of zone, and what each may hold (REG.API 8.7).
//
// It checks before anything is ordered, and says what is wrong by the names of fields alone: their values are people's, and reach no message. It
// imports nothing of ours. All functions are safe for concurrent use. Start reading at Check.
package contacts
