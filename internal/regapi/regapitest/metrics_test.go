package regapitest

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestMetricsTellWhatWasAskedAndAnswered(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(5))
	handler := w.ControlHandler(Seed{})
	w.alice("nop")
	w.alice("zone/clear", "dname", "nobody.ru")
	w.alice("no/such_command")
	w.Inject(Fault{Kind: FaultError, Code: "BILLING_LOCK", Count: 1})
	w.alice("nop")
	w.alice("nop")
	w.alice("nop")
	w.dig("example.ru", dns.TypeSOA)
	w.dig("nobody.ru", dns.TypeA)
	w.dig("www.example.ru", 65280)
	_, page := control(handler, "GET", "/metrics", "")
	for _, want := range []string{
		`regapi_sim_requests_total{code="",fault="",function="nop"} 2`,
		`regapi_sim_requests_total{code="BILLING_LOCK",fault="error",function="nop"} 1`,
		`regapi_sim_requests_total{code="ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE",fault="",function="nop"} 1`,
		`regapi_sim_requests_total{code="NO_SUCH_COMMAND",fault="",function="other"} 1`,
		`regapi_sim_requests_total{code="",fault="",function="zone/clear"} 1`,
		`regapi_sim_element_errors_total{code="DOMAIN_NOT_FOUND",function="zone/clear"} 1`,
		`regapi_sim_rate_refusals_total{code="ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"} 1`,
		`regapi_sim_rate_refusals_total{code="IP_EXCEEDED_ALLOWED_CONNECTION_RATE"} 0`,
		`regapi_sim_dns_queries_total{rcode="NOERROR",type="SOA"} 1`,
		`regapi_sim_dns_queries_total{rcode="REFUSED",type="A"} 1`,
		`regapi_sim_dns_queries_total{rcode="NXDOMAIN",type="other"} 1`,
		`regapi_sim_requests_in_flight 0`,
		`regapi_sim_accounts 2`,
		`regapi_sim_zones 3`,
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
	if strings.Contains(page, "alice") {
		t.Error("a login is in the metrics")
	}
}

func TestMetricsCountRequestsWhileTheyAreUnderWay(t *testing.T) {
	var during string
	var w *world
	w = newWorld(t, WithHook(func(stage Stage, _ *Entry) {
		if stage == StageReceived {
			_, during = control(w.ControlHandler(Seed{}), "GET", "/metrics", "")
		}
	}))
	w.alice("nop")
	if !strings.Contains(during, "regapi_sim_requests_in_flight 1\n") {
		t.Errorf("during a request:\n%s", during)
	}
}

func TestAQueryOfAnEDNSVersionThatIsNotSpokenIsCountedByItsName(t *testing.T) {
	w := newWorld(t)
	query := new(dns.Msg).SetQuestion("example.ru.", dns.TypeA)
	query.SetEdns0(1232, false)
	query.IsEdns0().SetVersion(1)
	w.AnswerDNS(query)
	_, page := control(w.ControlHandler(Seed{}), "GET", "/metrics", "")
	if want := `regapi_sim_dns_queries_total{rcode="BADVERS",type="A"} 1`; !strings.Contains(page, want) {
		t.Errorf("no %s in\n%s", want, page)
	}
}
