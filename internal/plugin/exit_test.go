package plugin

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// outside runs a verb against a cluster by its address, without the client in memory.
func outside(t *testing.T, server string, args ...string) (exit.Code, string) {
	t.Helper()
	t.Setenv("KUBECONFIG", kubeconfig(t, server))
	var told strings.Builder
	code := Run(t.Context(), args, Streams{In: strings.NewReader(""), Out: &told, Err: &told, Now: func() time.Time { return today }})
	return exit.Code(code), told.String()
}

func TestAClusterThatIsOutOfReachIsToldFromOneThatIsSlow(t *testing.T) {
	if code, told := outside(t, "https://127.0.0.1:1", "status"); code != exit.Cluster {
		t.Errorf("%d: %s", code, told)
	}
	if code, told := outside(t, "https://127.0.0.1:1", "doctor"); code != exit.Cluster {
		t.Errorf("%d: %s", code, told)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if code, told := outside(t, "http://"+silent.Addr().String(), "status", "--timeout", "300ms"); code != exit.Timeout || !strings.Contains(told, "--timeout") {
		t.Errorf("%d: %s", code, told)
	}
}
