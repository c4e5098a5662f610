package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// registrarWith starts a simulator with an account of three domains, and gives the flags by which it is asked.
func registrarWith(t *testing.T, password string) (*regapitest.Server, []string) {
	t.Helper()
	api, err := regapitest.Start(regapitest.WithTLS())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: "alice", Password: "secret-of-alice"})
	api.AddDomain("alice", regapitest.Domain{Name: "example.ru", ServiceID: 11, Records: []regapitest.Record{
		{Name: "@", Type: "A", Content: "192.0.2.1"}, {Name: "@", Type: "MX", Content: "mail.example.ru.", Priority: 10}, {Name: "@", Type: "TXT", Content: "v=spf1 mx -all"},
		{Name: "www", Type: "CNAME", Content: "example.ru."}, {Name: "_acme-challenge", Type: "TXT", Content: "abc"},
		{Name: "почта", Type: "A", Content: "192.0.2.2"},
	}})
	api.AddDomain("alice", regapitest.Domain{Name: "пример.рф", ServiceID: 12, Records: []regapitest.Record{{Name: "*", Type: "A", Content: "192.0.2.3"}, {Name: "old", Type: "SRV", Content: "5 5060 sip.example.ru."}}})
	api.AddDomain("alice", regapitest.Domain{Name: "away.ru", ServiceID: 13})
	api.SetDelegation("away.ru", "ns1.example.com", "ns2.example.com")
	api.AddFolder("alice", regapitest.Folder{Name: "shop", Domains: []string{"example.ru"}})
	folder := t.TempDir()
	ca, credentials := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "regapi2")
	for file, text := range map[string]string{ca: string(api.CACertificatePEM()), credentials: fmt.Sprintf("# mine\nusername=alice\npassword=%s\nca_cert_path=%s\n", password, ca)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return api, []string{"--direct", "--credentials", credentials, "--endpoint", api.URL()}
}

func TestAnAccountIsImportedWithTwoRequests(t *testing.T) {
	api, flags := registrarWith(t, "secret-of-alice")
	d := newDesk(t)
	golden(t, "import.txt", d.run(exit.Findings, append([]string{"import", "zones", "--account", "main"}, flags...)...))
	if requests := len(api.Journal()); requests != 2 {
		t.Errorf("%d requests", requests)
	}
	golden(t, "import-domains.txt", d.run(exit.Fine, append([]string{"import", "domains", "--account", "dns/main", "--domain", "пример.рф"}, flags...)...))
	golden(t, "import-all.name", d.run(exit.Findings, append([]string{"import", "all", "--account", "main", "-o", "name"}, flags...)...))
	golden(t, "import-folders.txt", d.run(exit.Fine, append([]string{"import", "folders", "--account", "main"}, flags...)...))
}

func TestAnImportIntoAFolderWritesAFilePerObjectAndOverwritesNothingUnasked(t *testing.T) {
	_, flags := registrarWith(t, "secret-of-alice")
	d, folder := newDesk(t), filepath.Join(t.TempDir(), "git")
	args := append([]string{"import", "zones", "--account", "main", "--policy", "Manage", "-f", folder, "--domain", "example.ru"}, flags...)
	d.run(exit.Fine, args...)
	if told := d.run(exit.Fine, args...); !strings.Contains(told, "0 files written") {
		t.Error(told)
	}
	file := filepath.Join(folder, "dnszone-example-ru.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var zone v1alpha1.DNSZone
	if err := yaml.UnmarshalStrict(text, &zone); err != nil || zone.Spec.ManagementPolicy != v1alpha1.PolicyManage || len(zone.Spec.Records) != 3 {
		t.Errorf("%v\n%s", err, text)
	}
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.run(exit.Findings, args...)
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("overwritten: %s, %v", text, err)
	}
	d.run(exit.Fine, append(args, "--overwrite")...)
}

func TestDomainsThatHaveAnObjectAreLeftOutIfAsked(t *testing.T) {
	_, flags := registrarWith(t, "secret-of-alice")
	told := newDesk(t, zoneOf("example-ru", ready())).run(exit.Fine, append([]string{"import", "zones", "--account", "main", "--skip-existing", "--domain", "example.ru"}, flags...)...)
	if strings.Contains(told, "kind: DNSZone") || !strings.Contains(told, "it has a DNSZone in the namespace") {
		t.Error(told)
	}
}

func TestARefusalByTheRegistrarEndsWithItsCodeAndShowsNoCredential(t *testing.T) {
	_, flags := registrarWith(t, "another-secret")
	told := newDesk(t).run(exit.Registrar, append([]string{"import", "zones", "--account", "main"}, flags...)...)
	if !strings.Contains(told, "PASSWORD_AUTH_FAILED") || strings.Contains(told, "another-secret") {
		t.Error(told)
	}
}

func TestZoneFilesOfBINDBecomeManifests(t *testing.T) {
	d := newDesk(t)
	golden(t, "import-bind.txt", d.run(exit.Findings, "import", "zones", "--account", "main", "--bind", "manifest/testdata/example.ru.zone"))
	d.run(exit.Usage, "import", "zones", "--account", "main", "--bind", "testdata/nothing.zone")
	d.run(exit.Usage, "import", "domains", "--account", "main", "--bind", "manifest/testdata/example.ru.zone")
	d.run(exit.Cluster, "import", "zones", "--account", "main") // The API server is out of reach.
	d.run(exit.Usage, "import", "zones", "--direct")
}

func declared() *v1alpha1.DNSZone {
	zone := zoneOf("example-ru", ready())
	zone.ResourceVersion, zone.Finalizers = "", []string{"regapi.io/zone"}
	zone.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "mine"}
	zone.Spec.Records = []v1alpha1.NameRecords{
		{Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1"}, TXT: []v1alpha1.Text{`say "yes"`}, MX: []v1alpha1.MX{{Priority: 10, Host: "mail.example.ru"}}},
		{Name: "почта", CNAME: "example.ru"},
	}
	return zone
}

func TestObjectsAreExportedAsManifestsZoneFilesAndTSV(t *testing.T) {
	order, domain := quoted()
	d := newDesk(t, declared(), account(), order, domain)
	golden(t, "export.yaml", d.run(exit.Fine, "export"))
	golden(t, "export.zone", d.run(exit.Fine, "export", "dnszone", "example-ru", "--format", "bind"))
	golden(t, "export.tsv", d.run(exit.Fine, "export", "--format", "tsv"))
	d.run(exit.Usage, "export", "order", "shop.ru.1")
	d.run(exit.Usage, "export", "account", "--format", "bind")
	folder := t.TempDir()
	d.run(exit.Fine, "export", "-f", folder, "--format", "bind")
	if back := d.run(exit.Fine, "import", "zones", "--account", "main", "--bind", filepath.Join(folder, "example.ru.zone")); !strings.Contains(back, `say "yes"`) {
		t.Error(back)
	}
}
