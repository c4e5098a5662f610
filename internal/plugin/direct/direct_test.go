package direct

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// certificate gives a certificate with its key, which a password protects.
func certificate(t *testing.T, password string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	if password != "" {
		block, err = x509.EncryptPEMBlock(rand.Reader, block.Type, block.Bytes, []byte(password), x509.PEMCipherAES256) //nolint:staticcheck // What the vendor's console reads.
		if err != nil {
			t.Fatal(err)
		}
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(block))
}

func TestWithoutAFileItIsThePublicUserTest(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	found, err := read("")
	if err != nil || found["username"] != "test" || found["password"] != "test" {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := Client("", ""); err != nil {
		t.Error(err)
	}
}

func TestTheFileInTheHomeFolderIsRead(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	if err := os.WriteFile(filepath.Join(home, FileName), []byte("username = alice\n\n# a note\npassword=a=b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := read("")
	if err != nil || found["username"] != "alice" || found["password"] != "a=b" {
		t.Errorf("%v, %v", found, err)
	}
}

func TestACertificateSignsWhereThereIsNoPassword(t *testing.T) {
	for _, password := range []string{"", "of the key"} {
		file := write(t, "pem", certificate(t, password))
		found := settings{"username": "alice", "pem": file, "pem_password": password}
		credentials, presented, err := found.credentials()
		if _, signs := credentials.(regapi.Signature); err != nil || !signs || presented == nil {
			t.Errorf("%v, %v", credentials, err)
		}
		found["password"] = "secret"
		credentials, presented, err = found.credentials()
		if _, tells := credentials.(regapi.Password); err != nil || !tells || presented == nil {
			t.Errorf("%v, %v", credentials, err)
		}
	}
}

func TestWhatIsWrongWithTheFileIsSaidWithoutItsSecrets(t *testing.T) {
	locked := write(t, "locked", certificate(t, "right"))
	for name, c := range map[string]struct{ text, want string }{
		"no equals":    {"username=alice\nsecret", "line 2"},
		"unknown key":  {"user=secret", "line 1"},
		"no user":      {"password=secret", "no username"},
		"no proof":     {"username=alice", "neither password nor pem"},
		"no pem":       {"username=alice\npem=/nowhere/secret.pem", "read pem"},
		"wrong key":    {fmt.Sprintf("username=alice\npem=%s\npem_password=secret", locked), "pem_password"},
		"no authority": {fmt.Sprintf("username=alice\npassword=secret\nca_cert_path=%s", write(t, "empty", "nothing")), "no certificate"},
	} {
		_, err := Client(write(t, "regapi2", c.text), "")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(strings.ReplaceAll(err.Error(), "secret.pem", ""), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Client(filepath.Join(t.TempDir(), "nothing"), ""); err == nil {
		t.Error("a file that is named and not there is no error")
	}
}

func TestAKeyThatCannotSignIsRefused(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	if _, err := Client(write(t, "regapi2", "username=alice\npem="+write(t, "pem", text)), ""); err == nil || !strings.Contains(err.Error(), "RSA") {
		t.Error(err)
	}
}
