package regapi

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// testCertificate is a certificate that nobody looks at.
var testCertificate = tls.Certificate{Certificate: [][]byte{{0}}}

func TestSignatureTextIsThatOfTheDocumentedExample(t *testing.T) {
	form := url.Values{
		"username": {"test"}, "output_content_type": {"plain"}, "show_input_params": {"1"},
		"domain_name": {"qqq.ru"}, "leftdata": {"1", "2", "3"},
	}
	if got := signatureText(form, nil); got != "1;1;2;3;plain;qqq.ru;test" {
		t.Errorf("got %s", got)
	}
}

func TestSignatureTextTakesParametersOneByOne(t *testing.T) {
	cases := map[string]struct{ input, want string }{
		"nested":                {`{"domains":[{"dname":"b.ru"},{"dname":"a.ru"}],"nss":{"ns0":"ns1.reg.ru"}}`, "a.ru;b.ru;ns1.reg.ru;user"},
		"zero and empty":        {`{"a":0,"b":"0","c":"","d":null,"e":"00","f":"0.0"}`, "0.0;00;user"},
		"sig at every level":    {`{"a":{"sig":"y","b":"z"},"c":[{"sig":"w"}]}`, "user;z"},
		"numbers":               {`{"flags":128,"ttl":86400}`, "128;86400;user"},
		"booleans are no text":  {`{"a":true,"b":false}`, "user"},
		"bytewise, not by rune": {`{"a":"я","b":"Z","c":"a","d":"\ud83d\ude00","e":"\uffee"}`, "Z;a;user;я;\uffee;😀"},
		"repeated values":       {`{"a":"x","b":"x"}`, "user;x;x"},
	}
	for name, c := range cases {
		_, params, err := encodeParams(json.RawMessage(c.input))
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"username": {"user"}, "input_data": {c.input}, "sig": {"old"}}
		if got := signatureText(form, params); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestSignedRequestVerifiesAgainstWhatWasSent(t *testing.T) {
	for _, digest := range []Digest{SHA512, SHA1} {
		client, stub := answering(t, `{"result":"success","answer":{"domains":[{"dname":"example.ru","result":"success"}]}}`,
			WithCredentials(Signature{Username: "login", Key: rsaKey(), Digest: digest}))
		if _, err := client.Zone.AddTXT(t.Context(), AddTXT{Subdomain: "@", Text: "v=spf1 -all"}, ByName("example.ru")); err != nil {
			t.Fatal(err)
		}
		form := stub.forms[0]
		if form.Has("password") {
			t.Error("a signed request carries a password")
		}
		signature, err := base64.StdEncoding.DecodeString(form.Get("sig"))
		if err != nil {
			t.Fatal(err)
		}
		const text = "@;en;example.ru;json;json;login;utf8;v=spf1 -all"
		if err := verify(digest, text, signature); err != nil {
			t.Errorf("digest %d: %v", digest, err)
		}
		if verify(digest, text+"x", signature) == nil {
			t.Errorf("digest %d: the signature verifies for anything", digest)
		}
	}
}

func verify(digest Digest, text string, signature []byte) error {
	if digest == SHA1 {
		sum := sha1.Sum([]byte(text))
		return rsa.VerifyPKCS1v15(&rsaKey().PublicKey, crypto.SHA1, sum[:], signature)
	}
	sum := sha512.Sum512([]byte(text))
	return rsa.VerifyPKCS1v15(&rsaKey().PublicKey, crypto.SHA512, sum[:], signature)
}

// brokenKey is an RSA key in a module that refuses and says too much.
type brokenKey struct{ crypto.Signer }

func (brokenKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("PIN 1234-secret is wrong")
}

func TestKeyThatDoesNotSignFailsBeforeSending(t *testing.T) {
	client, stub := answering(t, `{"result":"success"}`, WithCredentials(Signature{Username: "login", Key: brokenKey{rsaKey()}}))
	err := client.User.Nop(t.Context())
	if !NeverSent(err) || strings.Contains(err.Error(), "secret") || stub.requests() != 0 {
		t.Errorf("%v, %d requests", err, stub.requests())
	}
}

func TestClientCertificateIsPresented(t *testing.T) {
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &rsaKey().PublicKey, rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(&apiStub{body: `{"result":"success"}`})
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	authorities := x509.NewCertPool()
	authorities.AddCert(server.Certificate())
	common := []Option{WithEndpoint(server.URL), WithCredentials(testPassword), WithRootCAs(authorities)}

	without, err := NewClient(common...)
	if err != nil {
		t.Fatal(err)
	}
	if err := without.User.Nop(t.Context()); !IsTransient(err) || NeverSent(err) {
		t.Errorf("without a certificate: %v", err)
	}
	with, err := NewClient(append(common, WithClientCertificate(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: rsaKey()}))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(with.CloseIdleConnections)
	if err := with.User.Nop(t.Context()); err != nil {
		t.Errorf("with a certificate: %v", err)
	}
}
