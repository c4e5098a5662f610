package regapitest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
	"time"
)

func TestAuthorizationErrors(t *testing.T) {
	cases := []struct {
		name   string
		edit   func(*world)
		pairs  []string
		called string
		code   string
	}{
		{"no username", nil, []string{"password", "secret"}, "nop", "NO_USERNAME"},
		{"neither password nor signature", nil, []string{"username", "alice"}, "nop", "NO_AUTH"},
		{"wrong password", nil, []string{"username", "alice", "password", "Secret"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"unknown user", nil, []string{"username", "mallory", "password", "secret"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"wrong signature", nil, []string{"username", "alice", "sig", "AAAA"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"a signature that is no base64", nil, []string{"username", "alice", "sig", "?"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"a signature of the test user", nil, []string{"username", "test", "sig", "AAAA"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"no Partner", nil, []string{"username", "alice", "password", "secret"}, "reseller_nop", "RESELLER_AUTH_FAILED"},
		{"no Partner any more", func(w *world) { w.SetPartner("bob", false) }, []string{"username", "bob", "password", "hidden"}, "zone/update_records", "RESELLER_AUTH_FAILED"},
		{"another address", func(w *world) { w.SetAllowedIPs("alice", netip.MustParsePrefix("192.0.2.0/24")) }, []string{"username", "alice", "password", "secret"}, "nop", "ACCESS_DENIED_FROM_IP"},
		{"an empty allow-list", func(w *world) { w.SetAllowedIPs("alice") }, []string{"username", "alice", "password", "secret"}, "nop", "ACCESS_DENIED_FROM_IP"},
		{"blocked", func(w *world) { w.SetBlocked("alice", true) }, []string{"username", "alice", "password", "secret"}, "nop", "ACCOUNT_BLOCKED"},
		{"denied", func(w *world) { w.AddAccount(Account{Login: "eve", Password: "x", Denied: true}) }, []string{"username", "eve", "password", "x"}, "nop", "ACCESS_DENIED"},
		{"changed password", func(w *world) { w.SetPassword("alice", "new") }, []string{"username", "alice", "password", "secret"}, "nop", "PASSWORD_AUTH_FAILED"},
		{"wrong password where none is needed", nil, []string{"username", "alice", "password", "x"}, "user/nop", "PASSWORD_AUTH_FAILED"},
		{"a domain without a user", nil, []string{"dname", "example.ru"}, "domain/nop", "NO_USERNAME"},
		{"right password", nil, []string{"username", "alice", "password", "secret"}, "nop", ""},
		{"nobody where nobody is needed", nil, nil, "user/nop", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.edit != nil {
				c.edit(w)
			}
			if got := w.send(c.called, formOf(c.pairs...)).decode(t); got.ErrorCode != c.code {
				t.Errorf("answer %+v, want code %q", got, c.code)
			}
		})
	}
}

func TestThePasswordForAPIWorksBesideTheMainOne(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "carol", Password: "main", APIPassword: "api"})
	for _, password := range []string{"main", "api"} {
		if got := w.call("carol", password, "nop"); got.Result != "success" {
			t.Errorf("%s: %+v", password, got)
		}
	}
}

func TestFunctionsForHTTPSAloneCanBeHeldToIt(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{EnforceHTTPS: true}))
	if code := w.bob("reseller_nop").ErrorCode; code != "HTTPS_ONLY" {
		t.Errorf("code %q", code)
	}
	if got := w.bob("nop"); got.Result != "success" {
		t.Errorf("nop: %+v", got)
	}
}

func TestRepeatingAFailingRequestBlocksTheAccountForAnHour(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{BlockAfterFailures: 10}))
	for range 9 {
		w.alice("zone/nop", "dname", "nobody.ru")
	}
	w.must(w.alice("zone/nop", "dname", "example.ru"))
	if code := w.alice("zone/nop", "dname", "nobody.ru").code(t); code != "DOMAIN_NOT_FOUND" {
		t.Errorf("the tenth: %q", code)
	}
	if code := w.alice("nop").ErrorCode; code != "ACCOUNT_BLOCKED" {
		t.Errorf("after the tenth: %q", code)
	}
	w.clock.Advance(time.Hour)
	if got := w.alice("nop"); got.Result != "success" {
		t.Errorf("an hour later: %+v", got)
	}
}

// keyPair makes a client's key and self-signed certificate, as the documentation tells clients to (2.2.4.1).
func keyPair(t *testing.T) (tls.Certificate, *rsa.PrivateKey, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, key, string(text)
}

func signText(t *testing.T, key *rsa.PrivateKey, digest crypto.Hash, text string) string {
	t.Helper()
	var sum []byte
	if digest == crypto.SHA1 {
		short := sha1.Sum([]byte(text))
		sum = short[:]
	} else {
		long := sha512.Sum512([]byte(text))
		sum = long[:]
	}
	signature, err := rsa.SignPKCS1v15(nil, key, digest, sum)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}

func TestSignaturesCoverTheSortedValues(t *testing.T) {
	_, key, certificate := keyPair(t)
	cases := []struct {
		name   string
		digest crypto.Hash
		signed string
		form   url.Values
		code   string
	}{
		{"the documented example with SHA-512", crypto.SHA512, "1;1;2;3;carol;plain;qqq.ru", formOf("username", "carol", "output_content_type", "plain",
			"show_input_params", "1", "domain_name", "qqq.ru", "leftdata", "1", "leftdata", "2", "leftdata", "3"), ""},
		{"SHA-1 of the older edition", crypto.SHA1, "carol;qqq.ru", formOf("username", "carol", "domain_name", "qqq.ru"), ""},
		{"zero and empty values are left out", crypto.SHA512, "carol;qqq.ru", formOf("username", "carol", "domain_name", "qqq.ru", "a", "0", "b", ""), ""},
		{"the values inside input_data count", crypto.SHA512, "1;2;carol;json;qqq.ru", formOf("username", "carol", "input_format", "json",
			"input_data", `{"domain_name":"qqq.ru","a":{"b":[1,{"c":2}]},"d":0,"e":null,"f":false}`), ""},
		{"another text", crypto.SHA512, "carol", formOf("username", "carol", "domain_name", "qqq.ru"), "PASSWORD_AUTH_FAILED"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.AddAccount(Account{Login: "carol", Password: "x", Certificates: []string{certificate}, CertificateOptional: true})
			w.AddDomain("carol", Domain{Name: "qqq.ru"})
			signature := signText(t, key, c.digest, c.signed)
			// openssl writes lines of 64.
			c.form.Set("sig", signature[:64]+"\n"+signature[64:]+"\n")
			if got := w.send("domain/nop", c.form).decode(t); got.ErrorCode != c.code {
				t.Errorf("answer %+v", got)
			}
		})
	}
}

func TestAnAccountWithACertificateMustPresentIt(t *testing.T) {
	known, key, certificate := keyPair(t)
	stranger, _, _ := keyPair(t)
	s := startServer(t, WithTLS())
	s.AddAccount(Account{Login: "carol", Password: "x", Certificates: []string{certificate}})
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(s.CACertificatePEM())
	password := formOf("username", "carol", "password", "x")
	signed := formOf("username", "carol", "sig", signText(t, key, crypto.SHA512, "carol"))
	cases := []struct {
		name      string
		presented []tls.Certificate
		form      url.Values
		code      string
	}{
		{"password without it", nil, password, "NO_CERTIFICATE"},
		{"signature without it", nil, signed, "NO_CERTIFICATE"},
		{"a stranger's", []tls.Certificate{stranger}, password, "ACCESS_DENIED"},
		{"password with it", []tls.Certificate{known}, password, ""},
		{"signature with it", []tls.Certificate{known}, signed, ""},
		{"another account", nil, formOf("username", "alice", "password", "secret"), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities, Certificates: c.presented}}
			defer transport.CloseIdleConnections()
			client := http.Client{Transport: transport}
			response, err := client.PostForm(s.URL()+"nop", c.form)
			if err != nil {
				t.Fatal(err)
			}
			if got := receive(t, response).decode(t); got.ErrorCode != c.code {
				t.Errorf("answer %+v, want %q", got, c.code)
			}
		})
	}
}
