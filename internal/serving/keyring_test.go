package serving

import (
	"bytes"
	"crypto/x509"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

var (
	testNames = []string{"regapi-operator.system.svc", "regapi-operator.system.svc.cluster.local", "regapi-operator.system", "localhost"}
	epoch     = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestACertificateIsRenewedAfterTwoThirdsOfItsLife(t *testing.T) {
	ring := mustMake(t, epoch)
	for age, want := range map[time.Duration]bool{0: false, 59 * day: false, 60 * day: true, 89 * day: true, 200 * day: true} {
		next, changed, err := ring.renewed(testNames, epoch.Add(age))
		if err != nil {
			t.Fatal(err)
		}
		if changed != want {
			t.Errorf("after %s: changed %t", age, changed)
		}
		if next.serving.certificate.Equal(ring.serving.certificate) == want {
			t.Errorf("after %s: the serving certificate is the wrong one", age)
		}
		if !next.authority.certificate.Equal(ring.authority.certificate) || len(next.bundle) != 1 {
			t.Errorf("after %s: the authority changed", age)
		}
	}
}

func TestACertificateThatWasMadeWhileTheClockWasAheadIsReplaced(t *testing.T) {
	for _, ahead := range []time.Duration{2 * time.Hour, 40 * day, 20 * 365 * day} {
		ring := mustMake(t, epoch.Add(ahead))
		next, changed, err := ring.renewed(testNames, epoch)
		if err != nil || !changed {
			t.Fatalf("made %s ahead: changed %t, %v", ahead, changed, err)
		}
		mustTrust(t, next.serving.certificate, next.bundle, testNames, epoch)
		if _, again, err := next.renewed(testNames, epoch.Add(time.Minute)); again || err != nil {
			t.Errorf("made %s ahead: replaced again a minute later, %v", ahead, err)
		}
	}
}

func TestOtherNamesNeedAnotherCertificate(t *testing.T) {
	ring := mustMake(t, epoch)
	names := []string{"other.system.svc", "localhost"}
	next, changed, err := ring.renewed(names, epoch)
	if err != nil || !changed {
		t.Fatalf("changed %t, %v", changed, err)
	}
	mustTrust(t, next.serving.certificate, ring.bundle, names, epoch)
}

// TestAClientThatLearnsOfTheAuthorityWeeksLateIsServedForThirtyYears goes on day by day with a client that knows the bundle
// as it was seven weeks ago, and through the Secret each time.
func TestAClientThatLearnsOfTheAuthorityWeeksLateIsServedForThirtyYears(t *testing.T) {
	ring := mustMake(t, epoch)
	const lag = 49
	bundles := slices.Repeat([][]*x509.Certificate{ring.bundle}, lag)
	authorities, certificates := 1, 1
	for n := range 30 * 365 {
		now := epoch.Add(time.Duration(n) * day)
		next, changed, err := ring.renewed(testNames, now)
		if err != nil {
			t.Fatal(err)
		}
		if changed {
			if !next.authority.certificate.Equal(ring.authority.certificate) {
				authorities++
			}
			certificates++
			ring = mustReread(t, next)
		}
		mustTrust(t, ring.serving.certificate, bundles[0], testNames, now)
		if len(ring.bundle) > 2 {
			t.Fatalf("%d authorities are trusted at %s", len(ring.bundle), now)
		}
		bundles = append(bundles[1:], ring.bundle)
	}
	// An authority every 6.7 years; a certificate every 60 days, one more with each authority, and a change when one expires.
	if authorities != 5 || certificates > 30*365/60+10 {
		t.Errorf("%d authorities, %d changes", authorities, certificates)
	}
}

func TestAfterElevenYearsInADrawerTheCertificateIsGoodAgain(t *testing.T) {
	now := epoch.Add(11 * 365 * day)
	ring, changed, err := mustMake(t, epoch).renewed(testNames, now)
	if err != nil || !changed {
		t.Fatalf("changed %t, %v", changed, err)
	}
	mustTrust(t, ring.serving.certificate, ring.bundle, testNames, now)
	if len(ring.bundle) != 1 {
		t.Errorf("%d authorities are trusted, expired ones among them", len(ring.bundle))
	}
}

func TestWhatEncodeCannotHaveWrittenIsRefused(t *testing.T) {
	good, other := mustEncode(t, mustMake(t, epoch)), mustEncode(t, mustMake(t, epoch))
	for name, test := range map[string]struct {
		key, value string
		want       string
	}{
		"an empty Secret":             {authorityChainKey, "", "ca.crt: no certificate in PEM"},
		"a text for an authority":     {authorityChainKey, "hello", "ca.crt: no certificate in PEM"},
		"no key of the authority":     {authorityKeyKey, "", "ca.key: no key in PEM"},
		"another authority's key":     {authorityKeyKey, string(other[authorityKeyKey]), "ca.key is not the key of ca.crt"},
		"another certificate's key":   {servingKeyKey, string(other[servingKeyKey]), "tls.key is not the key of tls.crt"},
		"a certificate cut in two":    {servingChainKey, string(good[servingChainKey][:200]), "tls.crt: no certificate in PEM"},
		"a certificate that is noise": {servingChainKey, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "tls.crt: x509:"},
		"a key that is noise":         {servingKeyKey, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "tls.key: "},
	} {
		t.Run(name, func(t *testing.T) {
			data := maps.Clone(good)
			data[test.key] = []byte(test.value)
			_, err := decodeKeyring(data)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "BEGIN") {
				t.Errorf("the error tells a key: %v", err)
			}
		})
	}
}

func mustMake(t *testing.T, now time.Time) keyring {
	t.Helper()
	ring, err := newKeyring(testNames, now)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func mustEncode(t *testing.T, ring keyring) map[string][]byte {
	t.Helper()
	data, err := ring.encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// mustReread writes the keyring and reads it again, and what it reads must be the same.
func mustReread(t *testing.T, ring keyring) keyring {
	t.Helper()
	written := mustEncode(t, ring)
	read, err := decodeKeyring(written)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(written, mustEncode(t, read), bytes.Equal) {
		t.Fatal("the keyring was not read as it was written")
	}
	return read
}

// mustTrust verifies the certificate as a client does that trusts the bundle.
func mustTrust(t *testing.T, certificate *x509.Certificate, bundle []*x509.Certificate, names []string, now time.Time) {
	t.Helper()
	roots := x509.NewCertPool()
	for _, authority := range bundle {
		roots.AddCert(authority)
	}
	for _, name := range names {
		if _, err := certificate.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: now}); err != nil {
			t.Fatalf("at %s: %v", now, err)
		}
	}
}
