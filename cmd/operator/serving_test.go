package main

import (
	"testing"

	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

func TestEveryPartServesTheSameCertificate(t *testing.T) {
	mgr, err := ctrl.NewManager(&rest.Config{Host: "127.0.0.1:1"}, ctrl.Options{Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, options := range map[string]servingOptions{
		"of files":     {folder: t.TempDir()},
		"self-managed": {service: "regapi-operator"},
	} {
		t.Run(name, func(t *testing.T) {
			source := options.source(mgr, "regapi-system", nil)
			first, firstErr := source.get()
			second, secondErr := source.get()
			if firstErr != nil || secondErr != nil {
				t.Fatalf("%v, %v", firstErr, secondErr)
			}
			if first == nil || first != second {
				t.Errorf("%v and %v", first, second)
			}
		})
	}
}
