//go:build sessions

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const document = "../../docs/simulator.md"

// fence finds the code blocks of the document: their language and their text.
var fence = regexp.MustCompile("(?s)```(yaml|console)\n(.*?)```")

// step is a command of a session and what it prints.
type step struct{ command, prints string }

// readDocument returns the seed of the document and its sessions.
func readDocument(t *testing.T) (seed string, sessions [][]step) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		if block[1] == "yaml" {
			seed = block[2]
			continue
		}
		session := []step{}
		for part := range strings.SplitSeq(block[2], "$ ") {
			command, prints, _ := strings.Cut(part, "\n")
			if command != "" {
				session = append(session, step{command, strings.TrimSpace(prints)})
			}
		}
		sessions = append(sessions, session)
	}
	return seed, sessions
}

// matches tells whether something was printed as the document has it, where dots stand for what it leaves out, and answers stand on one line.
func (s step) matches(printed string) bool {
	printed = compact(printed)
	parts := strings.Split(s.prints, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(parts[i]))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `.*`) + `$`).MatchString(strings.TrimSpace(printed))
}

func (p *program) runSession(t *testing.T, directory string, session []step) {
	t.Helper()
	addresses := strings.NewReplacer(
		"http://127.0.0.1:8053/api/regru2/", p.URL, "https://127.0.0.1:8053/api/regru2/", p.URL, "http://127.0.0.1:8054/", p.Control,
	)
	for _, s := range session {
		command := exec.CommandContext(t.Context(), "bash", "-c", addresses.Replace(s.command))
		command.Dir = directory
		// curl's own exit code is a part of what some steps show.
		printed, err := command.CombinedOutput()
		if !s.matches(string(printed)) {
			t.Fatalf("%s\nprinted %s (%v)\nthe document has %s", s.command, printed, err, s.prints)
		}
	}
}

// signer writes a key and its certificate as my.key and my.crt, and returns the certificate as a seed file's text.
func signer(t *testing.T, directory string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "carol"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	for name, text := range map[string][]byte{
		"my.key": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), "my.crt": encoded,
	} {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(string(encoded)), "\n", "\n    ")
}

func TestTheSessionsOfTheDocumentRunAsTheyAreWritten(t *testing.T) {
	seed, sessions := readDocument(t)
	if len(sessions) < 3 {
		t.Fatalf("the document has %d sessions", len(sessions))
	}
	for _, session := range sessions {
		t.Run(session[0].command[:min(60, len(session[0].command))], func(t *testing.T) {
			directory := t.TempDir()
			seedFile := filepath.Join(directory, "seed.yaml")
			arguments, text := []string{"--seed=" + seedFile}, seed
			if strings.Contains(session[0].command, "my.key") {
				arguments = append(arguments, "--tls", "--ca-out="+filepath.Join(directory, "ca.pem"))
				text += "- login: carol\n  password: x\n  certificates:\n  - |\n    " + signer(t, directory) + "\n  domains:\n  - name: qqq.ru\n"
			}
			if err := os.WriteFile(seedFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			start(t, arguments...).runSession(t, directory, session)
		})
	}
}
