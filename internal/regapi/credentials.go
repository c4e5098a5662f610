package regapi

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"
)

// mask stands for a secret wherever one would have been printed.
const mask = "***"

// Credentials prove who calls: [Password] or [Signature]. Printing or marshalling them shows no
// part of them.
type Credentials interface {
	fmt.Formatter

	// validate tells what is missing, without showing what is there.
	validate() error
	// authenticate adds the fields that prove the caller to a complete form (2.2.4.1); params
	// is the decoded input_data.
	authenticate(form url.Values, params any) error
	// secrets lists the values that no error may show.
	secrets() []string
}

// Password authenticates by login and password (2.4.1). The password is the account's own or,
// better, the alternative one that is set for the API alone.
type Password struct {
	Username string
	Password string
}

func (p Password) validate() error {
	if p.Username == "" || p.Password == "" {
		return errors.New("credentials need a user name and a password")
	}
	return validateText(p.Username, p.Password)
}

func (p Password) authenticate(form url.Values, _ any) error {
	form.Set("username", p.Username)
	form.Set("password", p.Password)
	return nil
}

func (p Password) secrets() []string { return []string{p.Username, p.Password} }

// Format prints a mask, whatever the verb.
func (p Password) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, p.String()) }

// String returns a mask.
func (p Password) String() string { return "regapi.Password(" + mask + ")" }

// GoString returns a mask.
func (p Password) GoString() string { return p.String() }

// MarshalJSON returns a mask.
func (p Password) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// Digest is the hash that a signature is made over.
type Digest int

const (
	// SHA512 is what the newer edition of the documentation asks for (2.2.4.1).
	SHA512 Digest = iota
	// SHA1 is what the older edition asks for.
	SHA1
)

// Signature authenticates by login and an RSA signature of the request (2.4.2). The account must
// hold the certificate of the key, and every request must present it: see [WithClientCertificate].
type Signature struct {
	Username string
	// Key is an RSA key; it may live in a hardware module.
	Key    crypto.Signer
	Digest Digest
}

func (s Signature) validate() error {
	if s.Username == "" || s.Key == nil {
		return errors.New("credentials need a user name and a key")
	}
	if _, ok := s.Key.Public().(*rsa.PublicKey); !ok {
		return errors.New("credentials need an RSA key")
	}
	if s.Username == "test" {
		return errors.New("the user test cannot sign requests; use its password (2.2.4.1)")
	}
	return validateText(s.Username)
}

func (s Signature) authenticate(form url.Values, params any) error {
	form.Set("username", s.Username)
	signature, err := sign(s.Key, s.Digest, signatureText(form, params))
	if err != nil {
		return err
	}
	form.Set("sig", signature)
	return nil
}

func (s Signature) secrets() []string { return []string{s.Username} }

// Format prints a mask, whatever the verb.
func (s Signature) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, s.String()) }

// String returns a mask.
func (s Signature) String() string { return "regapi.Signature(" + mask + ")" }

// GoString returns a mask.
func (s Signature) GoString() string { return s.String() }

// MarshalJSON returns a mask.
func (s Signature) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// validateText refuses what io_encoding=utf8 cannot carry.
func validateText(values ...string) error {
	for _, value := range values {
		if !utf8.ValidString(value) {
			return errors.New("credentials must be valid UTF-8")
		}
	}
	return nil
}
