package plugin

import (
	"archive/zip"
	"io"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// unzip gives the files of a ZIP by name.
func unzip(t *testing.T, name string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(text)
	}
	return files
}

func TestAReportHasWhatHelpsAndNamesNobody(t *testing.T) {
	zone := declared()
	zone.Spec.Records = append(zone.Spec.Records, v1alpha1.NameRecords{Name: "six", AAAA: []v1alpha1.IPv6Address{"2001:db8::1"}, CAA: []v1alpha1.CAA{{Tag: "iodef", Value: "mailto:somebody@example.ru"}}})
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "e"}, InvolvedObject: corev1.ObjectReference{APIVersion: "regapi.io/v1alpha1", Kind: "DNSZone", Name: "example-ru"},
		Reason: "RecordsChanged", Message: "+ www.example.ru A 192.0.2.1", LastTimestamp: metav1.NewTime(today),
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "regru"}, StringData: map[string]string{"password": "s3cret-word"}}
	d := newDesk(t, zone, account(), event, secret, operatorPod("one", true, corev1.ConditionTrue))
	file := filepath.Join(t.TempDir(), "report.zip")
	golden(t, "report.txt", strings.ReplaceAll(d.run(exit.Fine, "report", "-f", file), file, "report.zip"))
	files := unzip(t, file)
	for _, private := range []string{"example.ru", "example-ru", "192.0.2.1", "2001:db8::1", "somebody@", "s3cret-word"} {
		for name, text := range files {
			if strings.Contains(text, private) {
				t.Errorf("%s has %s:\n%s", name, private, text)
			}
		}
	}
	if !strings.Contains(files["events.txt"], "2026-05-10T12:00:00Z DNSZone") || !strings.Contains(files["missing.txt"], "log of one") || !strings.Contains(files["objects/dnszones.yaml"], "domain-") {
		t.Errorf("%v", files)
	}
	d.run(exit.Usage, "report", "-f", file) // It is there already.
	plain := filepath.Join(t.TempDir(), "plain.zip")
	d.run(exit.Fine, "report", "--plain", "-f", plain)
	if text := unzip(t, plain)["objects/dnszones.yaml"]; !strings.Contains(text, "example.ru") || !strings.Contains(text, "192.0.2.1") {
		t.Error(text)
	}
}
