package account

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Login is what REG.API counts requests by: a user at an endpoint. Two Account objects may share one. It can be compared.
type Login struct {
	endpoint string // in canonical form
	// user is the number that REG.API knows the user by, however he spells his name; username is set only while that is unknown.
	user     regapi.ID
	username string
}

// loginOf gives the login of a user, by his number if that is known.
func loginOf(endpoint string, user regapi.ID, username string) Login {
	if user != 0 {
		username = ""
	}
	return Login{endpoint, user, username}
}

// idLength is how much of a login's hash names it: 16 bytes in hexadecimal digits.
const idLength = 32

// hash tells logins apart and nothing about them.
func (l Login) hash() string {
	return digest("%q %s %q", l.endpoint, l.user, l.username)
}

// ID names the login in metrics, in a status and in the name of its ledger.
func (l Login) ID() string { return l.hash()[:idLength] }

// LoginID gives the ID of a user at an endpoint, whose spelling does not matter; empty where there can be none.
func LoginID(endpoint string, user regapi.ID) string {
	address, err := regapi.CanonicalEndpoint(endpoint)
	if err != nil {
		return ""
	}
	return loginOf(address, user, "").ID()
}

// formerID is what a login was called before its user's number named it: after the endpoint and the name as they were spelled.
func formerID(spelled, username string) string { return digest("%q %q", spelled, username)[:8] }

func digest(format string, values ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, format, values...))
	return hex.EncodeToString(sum[:])
}
