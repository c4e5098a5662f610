package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheAPIServerTakesFolders(t *testing.T) {
	many := make([]string, 3000)
	for n := range many {
		many[n] = fmt.Sprintf("{domainName: domain-%d.ru}", n)
	}
	for name, spec := range map[string]string{
		"an account alone":  `{accountRef: {name: main}}`,
		"a Unicode name":    `{accountRef: {name: main}, folderName: Магазин на диване}`,
		"members":           `{accountRef: {name: main}, members: [{domainName: example.ru}, {domainName: пример.рф}, {domainName: xn--e1afmkfd.xn--p1ai}, {serviceID: "12345"}]}`,
		"three thousand":    `{accountRef: {name: main}, members: [` + strings.Join(many, ", ") + `]}`,
		"a selector":        `{accountRef: {name: main}, selector: {matchLabels: {team: shop}}, selectFrom: Allowed}`,
		"everything chosen": `{accountRef: {name: main, namespace: other}, selector: {}, membership: Exclusive, managementPolicy: Observe, deletionPolicy: Delete, deletionGuard: {maxPercent: 0, minMembers: 1}}`,
	} {
		if err := apply("Folder", spec); err != nil {
			t.Errorf("%s: refused: %v", name, err)
		}
	}
}

func TestTheAPIServerRefusesFoldersThatCannotBe(t *testing.T) {
	for name, test := range map[string]struct{ spec, want string }{
		"an empty member":           {`members: [{}]`, "one of the two"},
		"a member by both":          {`members: [{domainName: example.ru, serviceID: "1"}]`, "one of the two"},
		"a member that is a URL":    {`members: [{domainName: "http://example.ru"}]`, "not a domain name"},
		"a number that is none":     {`members: [{serviceID: "12a"}]`, "spec.members[0].serviceID"},
		"the number zero":           {`members: [{serviceID: "0"}]`, "spec.members[0].serviceID"},
		"a name with blanks around": {`folderName: " shop"`, "without blanks at its ends"},
		"a name of two lines":       {`folderName: "a\nb"`, "without control characters"},
		"a strange membership":      {`membership: Some`, `Unsupported value: "Some"`},
		"a guard of too much":       {`deletionGuard: {maxPercent: 101}`, "less than or equal to 100"},
	} {
		t.Run(name, func(t *testing.T) {
			err := apply("Folder", "accountRef: {name: main}\n"+test.spec)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
