package regapitest

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the older edition signs a SHA-1 digest (2.2.4.1)
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// failureBlock is how long an account stays blocked for repeating a failing request; the documentation knows no length.
const failureBlock = time.Hour

// testAccount is the user of the test mode: the documentation's examples call the functions for Partners with it.
func testAccount() *account {
	return &account{
		Account: Account{Login: testLogin, Password: testLogin, Partner: true},
		balance: money{prepay: 100_000, credit: 1_000}, resellerURLs: map[string]string{},
	}
}

// authenticate finds the caller's account: none for a function that everyone may call when no username is given (3.2).
func (c *call) authenticate() *refusal.Error {
	login := c.params.Text("username")
	if login == "" && c.fn.Access == catalog.Everyone {
		return nil
	}
	if login == "" {
		return refusal.New("NO_USERNAME")
	}
	if c.params.Text("password") == "" && c.params.Text("sig") == "" {
		return refusal.New("NO_AUTH")
	}
	if login == testLogin {
		return c.authenticateTest()
	}
	found, err := c.accountOf(login)
	if err != nil {
		return err
	}
	if err := c.permits(found); err != nil {
		return err
	}
	c.account = found
	return c.permitsFunction()
}

// accountOf finds the account whose login, or whose only e-mail address, was given, and checks its password or signature.
//
// Errors: PASSWORD_AUTH_FAILED; for an e-mail address USER_AUTHENTICATION_FAILED and MORE_THAN_ONE_ACCOUNT_WITH_THE_SAME_EMAIL.
func (c *call) accountOf(login string) (*account, *refusal.Error) {
	code := "PASSWORD_AUTH_FAILED"
	found := c.srv.state.accounts[login]
	if found == nil && strings.Contains(login, "@") {
		code = "USER_AUTHENTICATION_FAILED"
		namesakes := c.srv.state.withEmail(login)
		if len(namesakes) > 1 {
			return nil, refusal.New("MORE_THAN_ONE_ACCOUNT_WITH_THE_SAME_EMAIL")
		}
		if len(namesakes) == 1 {
			found = namesakes[0]
		}
	}
	if found == nil || !c.proves(found) {
		return nil, refusal.New(code)
	}
	return found, nil
}

// authenticateTest admits the test user from everywhere, by password alone: signature and certificate do not work for it (2.2.4.1).
func (c *call) authenticateTest() *refusal.Error {
	if c.params.Text("password") != testLogin {
		return refusal.New("PASSWORD_AUTH_FAILED")
	}
	c.account, c.test = testAccount(), true
	return nil
}

func (c *call) permitsFunction() *refusal.Error {
	if c.fn.Access == catalog.Partners && !c.account.Partner {
		return refusal.New("RESELLER_AUTH_FAILED")
	}
	if c.billingBusy {
		return refusal.New("BILLING_LOCK")
	}
	return nil
}

// proves tells whether the password, or else the signature, is right.
func (c *call) proves(a *account) bool {
	password := c.params.Text("password")
	if password == "" {
		return c.signedBy(a)
	}
	return samePassword(password, a.Password) || (a.APIPassword != "" && samePassword(password, a.APIPassword))
}

func samePassword(given, want string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
}

// permits checks what stands between a right password and the functions.
func (c *call) permits(a *account) *refusal.Error {
	switch {
	case a.Blocked || c.now.Before(a.blockedUntil):
		return refusal.New("ACCOUNT_BLOCKED")
	case a.Denied:
		return refusal.New("ACCESS_DENIED")
	case !slices.ContainsFunc(a.AllowedIPs, func(allowed netip.Prefix) bool { return allowed.Contains(c.remote) }):
		return refusal.New("ACCESS_DENIED_FROM_IP")
	case len(a.certificates) > 0 && !a.CertificateOptional && !c.presents(a):
		return c.certificateError()
	default:
		return nil
	}
}

// certificateError tells a missing certificate from a wrong one, for which no code is known.
func (c *call) certificateError() *refusal.Error {
	if c.tls == nil || len(c.tls.PeerCertificates) == 0 {
		return refusal.New(refusal.NoCertificate)
	}
	return refusal.New("ACCESS_DENIED")
}

// presents tells whether the TLS connection came with one of the account's certificates.
func (c *call) presents(a *account) bool {
	if c.tls == nil || len(c.tls.PeerCertificates) == 0 {
		return false
	}
	presented := c.tls.PeerCertificates[0].Raw
	return slices.ContainsFunc(a.certificates, func(known []byte) bool { return bytes.Equal(known, presented) })
}

// signedBy checks the signature of the parameters against the account's certificates: RSA over a SHA-512 digest, or over SHA-1 as the
// older edition had it.
func (c *call) signedBy(a *account) bool {
	// openssl and Perl break base64 into lines.
	encoded := strings.Join(strings.Fields(c.params.Text("sig")), "")
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return false
	}
	text := []byte(c.params.Signed())
	long, short := sha512.Sum512(text), sha1.Sum(text) //nolint:gosec // see above
	for _, der := range a.certificates {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		key, ok := certificate.PublicKey.(*rsa.PublicKey)
		if !ok {
			continue
		}
		if rsa.VerifyPKCS1v15(key, crypto.SHA512, long[:], signature) == nil ||
			rsa.VerifyPKCS1v15(key, crypto.SHA1, short[:], signature) == nil {
			return true
		}
	}
	return false
}

// countFailure blocks an account that repeats one failing request too often, when the server was told to.
func (c *call) countFailure(failed bool) {
	limit := c.srv.behaviour.BlockAfterFailures
	if limit == 0 || c.account == nil || c.test {
		return
	}
	request := c.entry.Function + "?" + fingerprint(c.params)
	if !failed {
		delete(c.account.failures, request)
		return
	}
	c.account.failures[request]++
	if c.account.failures[request] >= limit {
		c.account.blockedUntil = c.now.Add(failureBlock)
		clear(c.account.failures)
	}
}
