package zone_test

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// The records of the documentation's examples (10.7, 10.8).
const (
	exampleDNSKEY = "DNSKEY 257 3 13 X2ehOZBEVxU6baEa58fQx/6Y+gckDeq85XGFW8o6jWFB19wtv6aqdc8ycpIrQaZ4bSLYM7ZyLPJtP6UOkzslDg=="
	exampleDS     = "DS 55528 13 2 cbb775347bdbdff6e1d832595df06add7e610732db131c0f5d3d295e85ae0bef"
)

func TestAKeyIsTheSameHoweverItIsTold(t *testing.T) {
	want, err := zone.ParseParentKey("test.ru", exampleDS)
	if err != nil || want.String() != exampleDS {
		t.Fatalf("%s, %v", want, err)
	}
	fromKey, err := zone.ParseParentKey("test.ru", exampleDNSKEY)
	if err != nil || fromKey.Tag != want.Tag || fromKey.Algorithm != want.Algorithm || len(fromKey.Digest) != len(want.Digest) {
		t.Errorf("of the key it is %s, %v", fromKey, err) // The example's digest is that of another owner.
	}
	told := zone.KeysAtParent([]regapi.DNSSECRecord{
		{DNSKEY: "test.ru. IN DNSKEY 256 3 13 CPaFmHh6q/b1zQbXp4w8J3sXUp+YK6BfxzSam/qgps/i5JSiXSQ4kD5v433qdnbnocSyZIDw9EqiAQUbVE/M4g=="},
		{DNSKEY: "test.ru. IN " + exampleDNSKEY, DS: "test.ru. IN " + exampleDS},
		{Parent: map[string]string{"alg": "13", "digest": "CBB775347BDBDFF6E1D832595DF06ADD7E610732DB131C0F5D3D295E85AE0BEF", "digtype": "2", "keytag": "55528"}},
		{Parent: map[string]string{"protocol": "3"}},
	})
	if len(told) != 2 || told[0] != want || told[1] != want {
		t.Errorf("told are %v", told)
	}
	other := want
	other.DigestType, other.Digest = 4, "00"
	if !want.IsOf(other) {
		t.Error("the same key with another digest is another one")
	}
	if other.Tag++; want.IsOf(other) {
		t.Error("another key is the same")
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	for _, text := range []string{"A 192.0.2.1", "DS 1 2", "DNSKEY 257 3 13 !", ""} {
		if key, err := zone.ParseParentKey("test.ru", text); err == nil {
			t.Errorf("%q is %s", text, key)
		}
	}
}
