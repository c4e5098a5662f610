package leader

import (
	"log"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// apiServer is the real API server; TestMain owns it.
var apiServer *rest.Config

func TestMain(m *testing.M) {
	ctrl.SetLogger(logr.Discard())
	os.Exit(func() int {
		environment := &envtest.Environment{}
		started, err := environment.Start()
		defer func() {
			if err := environment.Stop(); err != nil { // Also after a start that failed half-way.
				log.Printf("stop the API server: %v", err)
			}
		}()
		if err != nil {
			log.Printf("start the API server (make control-plane builds it): %v", err)
			return 1
		}
		apiServer = started
		return m.Run()
	}())
}
