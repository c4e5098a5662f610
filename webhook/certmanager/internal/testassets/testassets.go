// Package testassets tells cert-manager's conformance suite where the programs of the control plane are.
//
// The suite looks for them when it is initialised, by variables of its own, and panics without. Packages are initialised in the
// order of their import paths as soon as what they import has been, so that this one, which imports next to nothing,
// comes before the suite, which needs packages of k8s.io. Import it for that effect.
package testassets

import (
	"os"
	"path/filepath"
)

func init() {
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	if folder == "" {
		return
	}
	for variable, program := range map[string]string{
		"TEST_ASSET_ETCD": "etcd", "TEST_ASSET_KUBE_APISERVER": "kube-apiserver", "TEST_ASSET_KUBECTL": "kubectl",
	} {
		if os.Getenv(variable) == "" {
			os.Setenv(variable, filepath.Join(folder, program)) //nolint:errcheck // The names are valid.
		}
	}
}
