package zone

import "testing"

func TestATextOfWhichANameHasOneHasAKind(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"@", "v=spf1 mx -all", "v=spf1"},
		{"shop.eu", "V=SPF1 -all", "v=spf1"},
		{"*", "v=spf1", "v=spf1"},
		{"_dmarc", "v=spf1 -all", "v=spf1"},
		{"@", "v=spf10 -all", ""},
		{"@", "v=spf1;-all", ""},
		{"@", "spf2.0/pra mx -all", ""},

		{"_dmarc", "v=DMARC1; p=reject", "v=DMARC1"},
		{"_dmarc", "v = DMARC1;p=none", "v=DMARC1"},
		{"_dmarc.shop", "v=DMARC1", "v=DMARC1"},
		{"example.com._report._dmarc", "v=DMARC1", "v=DMARC1"},
		{"*._report._dmarc.shop", "v=DMARC1;", "v=DMARC1"},
		{"_report._dmarc", "v=DMARC1", ""},
		{"www._dmarc", "v=DMARC1", ""},
		{"@", "v=DMARC1; p=reject", ""},
		{"_dmarc", "v=dmarc1; p=reject", ""},
		{"_dmarc", "v=DMARC10; p=reject", ""},
		{"_dmarc", "p=reject; v=DMARC1", ""},
		{"_dmarc", "heritage=external-dns,external-dns/owner=a", ""},

		{"mail._domainkey", "v=DKIM1; k=rsa; p=MIGf", "v=DKIM1"},
		{"s1.eu._domainkey.shop", "v=DKIM1; p=", "v=DKIM1"},
		{"mail._domainkey", "k=rsa; p=MIGf", "v=DKIM1"},
		{"mail._domainkey", "p=MIGf", "v=DKIM1"},
		{"mail._domainkey", "k=ed25519", "v=DKIM1"},
		{"mail._domainkey", "h=sha256; t=s; p=MIGf", "v=DKIM1"},
		{"*._domainkey", "v=DKIM1; p=", "v=DKIM1"},
		{"mail._domainkey", "v=DKIM2; p=MIGf", ""},
		{"mail._domainkey", "google-site-verification=p", ""},
		{"_domainkey", "o=~; p=x", ""},
		{"www", "v=DKIM1; p=MIGf", ""},

		{"_mta-sts", "v=STSv1; id=2026", "v=STSv1"},
		{"_mta-sts.shop", "v=STSv1; id=2026;", "v=STSv1"},
		{"mta-sts", "v=STSv1; id=2026", ""},
		{"www._mta-sts", "v=STSv1; id=2026", ""},

		{"_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.ru", "v=TLSRPTv1"},
		{"_smtp._tls.shop", "v=TLSRPTv1;rua=mailto:a@example.ru", "v=TLSRPTv1"},
		{"_tls", "v=TLSRPTv1; rua=mailto:a@example.ru", ""},

		{"default._bimi", "v=BIMI1; l=https://example.ru/a.svg", "v=BIMI1"},
		{"brand._bimi.shop", "v=BIMI1; l=", "v=BIMI1"},
		{"_bimi", "v=BIMI1; l=", ""},

		{"@", "v=verify; code=1", ""},
		{"@", "v=MCPv1; k=ed25519; p=x", ""},
		{"@", "", ""},
	} {
		if got := KindOf(text(test.name, test.text)); got != test.want {
			t.Errorf("%s TXT %q: %q, want %q", test.name, test.text, got, test.want)
		}
	}
}

func TestOnlyATextHasAKind(t *testing.T) {
	if got := KindOf(Record{Name: "@", Type: "SPF", Content: "v=spf1 -all"}); got != "" {
		t.Errorf("kind %q", got)
	}
}
