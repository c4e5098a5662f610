package v1alpha1_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// oneOfEach has a valid value for each type of record.
var oneOfEach = map[string]string{
	"a": "[192.0.2.1]", "aaaa": `["2001:db8::1"]`, "cname": "www.example.com", "mx": "[{priority: 10, host: mx.example.ru}]",
	"ns": "[ns1.example.com]", "txt": "[x]", "srv": "[{priority: 0, port: 5060, target: sip.example.ru}]",
	"caa": "[{tag: issue, value: letsencrypt.org}]", "https": `[{priority: 1, target: "."}]`,
}

// TestEveryTypeOfRecordIsKnownToTheRulesOfItsName: those name each type, and one that they leave out could not stand alone, or
// could stand beside a CNAME.
func TestEveryTypeOfRecordIsKnownToTheRulesOfItsName(t *testing.T) {
	records := reflect.TypeFor[v1alpha1.NameRecords]()
	for i := range records.NumField() {
		field, _, _ := strings.Cut(records.Field(i).Tag.Get("json"), ",")
		if field == "name" {
			continue
		}
		t.Run(field, func(t *testing.T) {
			value, ok := oneOfEach[field]
			if !ok {
				t.Fatal("oneOfEach has no value for it")
			}
			if err := apply("DNSZone", zoneSpec(fmt.Sprintf("[{name: _sip._tcp, %s: %s}]", field, value))); err != nil {
				t.Errorf("alone at its name: %v", err)
			}
			if field != "cname" {
				both := fmt.Sprintf("[{name: _sip._tcp, cname: example.ru, %s: %s}]", field, value)
				assertRefused(t, apply("DNSZone", zoneSpec(both)), "a cname stands alone at its name")
			}
		})
	}
}
