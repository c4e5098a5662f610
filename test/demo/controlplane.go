package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// startControlPlane starts etcd and kube-apiserver with the CRDs installed, and
// writes a kubeconfig for the administrator.
func (d *demo) startControlPlane(context.Context) error {
	log.SetLogger(logr.Discard()) // envtest would ask for one

	apiServerLog, err := os.Create(d.logFile("kube-apiserver"))
	if err != nil {
		return err
	}
	if err := os.Mkdir(d.scratchFile("kube-apiserver"), 0o700); err != nil {
		return err
	}
	environment := &envtest.Environment{
		UseExistingCluster:       ptr.To(false), // whatever USE_EXISTING_CLUSTER says
		BinaryAssetsDirectory:    d.assets,
		CRDDirectoryPaths:        []string{d.config("crd/bases")},
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: time.Minute,
		ControlPlaneStopTimeout:  stopTimeout,
		CRDInstallOptions:        envtest.CRDInstallOptions{MaxTime: time.Minute},
	}
	environment.ControlPlane.Etcd = &envtest.Etcd{DataDir: d.scratchFile("etcd")}
	apiServer := environment.ControlPlane.GetAPIServer()
	apiServer.CertDir = d.scratchFile("kube-apiserver")
	apiServer.Out, apiServer.Err = apiServerLog, apiServerLog
	if err := apiservertest.FrontProxy(d.scratch)(environment); err != nil { // For the door of the plugin.
		return err
	}
	d.stops = append(d.stops, func() error { return errors.Join(environment.Stop(), apiServerLog.Close()) })
	if _, err := environment.Start(); err != nil {
		return err
	}

	d.kubeconfig = d.scratchFile("kubeconfig")
	return os.WriteFile(d.kubeconfig, environment.KubeConfig, 0o600)
}

// startControllerManager starts the controllers that deleting needs: owned
// objects and namespaces would stay for ever without them. KUBEBUILDER_ASSETS of
// the user's own may lack the program, and the demo does without.
func (d *demo) startControllerManager(context.Context) error {
	path := d.asset("kube-controller-manager")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(d.out, "    left out: there is none in %s\n", d.assets)
		return nil
	}
	return d.start("kube-controller-manager", path,
		"--kubeconfig="+d.kubeconfig,
		"--controllers=garbage-collector-controller,namespace-controller",
		"--leader-elect=false",
		"--bind-address=127.0.0.1",
		"--secure-port=0",
	)
}
