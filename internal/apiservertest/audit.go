package apiservertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Audit is what an API server notes of one user's requests.
type Audit struct {
	testing.TB
	user, folder string
}

// Asked is one kind of request: a verb, and what it is for.
type Asked struct {
	Verb, Group, Resource, Namespace, Name string
	// Path is set for what is no resource.
	Path string
	// Refused says that the user has no right to it.
	Refused bool
}

func (a Asked) String() string {
	if a.Resource == "" {
		return a.Verb + " " + a.Path
	}
	return fmt.Sprintf("%s %s of the group %q in the namespace %q, name %q", a.Verb, a.Resource, a.Group, a.Namespace, a.Name)
}

// NewAudit is for one API server, which Configure tells what to note.
func NewAudit(t testing.TB, user string) *Audit {
	return &Audit{TB: t, user: user, folder: t.TempDir()}
}

// Configure is an Option.
func (a *Audit) Configure(environment *envtest.Environment) error {
	policy := filepath.Join(a.folder, "policy.yaml")
	environment.ControlPlane.GetAPIServer().Configure().Set("audit-policy-file", policy).Set("audit-log-path", a.log())
	return os.WriteFile(policy, []byte(auditPolicy+a.user+"]\n- level: None\n"), 0o600)
}

const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  users: [`

func (a *Audit) log() string { return filepath.Join(a.folder, "audit.log") }

// Asked gives each request that was made up to now, once.
func (a *Audit) Asked() []Asked {
	a.Helper()
	log, err := os.Open(a.log())
	if err != nil {
		a.Fatal(err)
	}
	defer log.Close()
	var found []Asked
	seen := map[Asked]bool{}
	for lines := bufio.NewReader(log); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil { // The end, or a line that is being written.
			return found
		}
		var event struct {
			Verb        string
			RequestURI  string
			ObjectRef   struct{ APIGroup, Resource, Subresource, Namespace, Name string }
			Annotations map[string]string
		}
		if err := json.Unmarshal(line, &event); err != nil {
			a.Fatal(err)
		}
		asked := Asked{
			Verb: event.Verb, Group: event.ObjectRef.APIGroup, Resource: event.ObjectRef.Resource, Namespace: event.ObjectRef.Namespace, Name: event.ObjectRef.Name,
			Refused: event.Annotations["authorization.k8s.io/decision"] == "forbid",
		}
		if event.ObjectRef.Subresource != "" {
			asked.Resource += "/" + event.ObjectRef.Subresource
		}
		if asked.Resource == "" {
			asked.Path = event.RequestURI
		}
		if !seen[asked] {
			seen[asked] = true
			found = append(found, asked)
		}
	}
}

// Refused gives those of Asked that the user has no right to.
func (a *Audit) Refused() []Asked {
	a.Helper()
	return slices.DeleteFunc(a.Asked(), func(asked Asked) bool { return !asked.Refused })
}
