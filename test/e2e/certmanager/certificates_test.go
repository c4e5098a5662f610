package certmanager

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// The scenes wait for upstream's clocks and not for processors: all of them run at once.
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// scene asks for certificates and returns when their challenges have been presented, or refused. The function that it returns
// goes on after the operator was killed and has been started again.
type scene func(t *testing.T, w *world) (end func(t *testing.T))

// TestCertificatesBecomeReady kills the operator between Present and CleanUp of all challenges at once.
func TestCertificatesBecomeReady(t *testing.T) {
	w := newWorld(t)
	scenes := map[string]scene{
		"a wildcard and its apex, whose challenges share a name":             wildcardAndApex,
		"two names in a zone of a Partner":                                   partner,
		"two names whose challenges are delegated to one name elsewhere":     delegated,
		"fifty names in one zone":                                            fifty,
		"although REG.API refuses the first attempts to write and to remove": refused,
		"although REG.API was down when the challenge came":                  down,
		"once the Account allows the namespace, and not before":              allowedLate,
		"unless the Certificate is deleted before, and no record is left":    deleted,
	}
	ends := make(chan func(), len(scenes))
	t.Run("presented", func(presented *testing.T) {
		for name, begin := range scenes {
			presented.Run(name, func(s *testing.T) {
				s.Parallel()
				end := begin(s, w)
				ends <- func() { t.Run(name, func(s *testing.T) { s.Parallel(); end(s) }) }
			})
		}
	})
	if t.Failed() {
		return
	}
	w.operator.Kill(t)
	w.operator.Run(t)
	for range scenes {
		(<-ends)()
	}
}
