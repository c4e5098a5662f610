package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// What config/default calls the operator's own namespace, and the operator in it.
const (
	operatorNamespace = "regapi-system"
	operatorAccount   = "regapi-operator"
)

// startOperator makes what the manifests grant, and starts the operator as its Deployment would.
func (d *demo) startOperator(ctx context.Context) error {
	if err := d.grantOperator(ctx); err != nil {
		return err
	}
	port, err := d.hangDoor(ctx)
	if err != nil {
		return err
	}
	resync := resyncOfDemo
	if d.check {
		resync = resyncOfCheck
	}
	err = d.start("operator", d.binary("operator"),
		"--kubeconfig="+d.scratchFile("operator.kubeconfig"),
		"--namespace="+operatorNamespace,
		"--metrics-bind-address=0",
		"--health-probe-bind-address=0",
		"--allow-loopback-endpoints",
		"--resync-interval="+resync.String(),
		"--authoritative-servers="+d.simulator.DNS,
		"--plugin-door",
		"--cert-manager-bind-address=127.0.0.1:"+port,
	)
	if err != nil {
		return err
	}
	return d.awaitDoor(ctx)
}

// installation is what the operator's rights are taken from.
const installation = "resources: [config/default]\ncomponents: [config/cert-manager, config/plugin]\n"

// grantOperator makes the operator's ServiceAccount with exactly the rights of the installation, so that a missing rule shows here and not in a
// cluster, and writes a kubeconfig for it.
func (d *demo) grantOperator(ctx context.Context) error {
	folder := d.scratchFile("installation")
	err := errors.Join(
		os.Mkdir(folder, 0o700),
		os.Symlink(d.config(""), filepath.Join(folder, "config")), // Kustomize refuses absolute paths, and follows links.
		os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(installation), 0o600),
	)
	if err != nil {
		return err
	}
	made, err := d.kubectl(ctx, nil, "kustomize", folder)
	if err != nil {
		return err
	}
	var access []string
	for document := range strings.SplitSeq(made, "\n---\n") {
		if strings.Contains(document, "apiVersion: rbac.authorization.k8s.io/") || strings.Contains(document, "\nkind: Namespace\n") || strings.Contains(document, "\nkind: ServiceAccount\n") {
			access = append(access, document)
		}
	}
	if _, err := d.kubectl(ctx, []byte(strings.Join(access, "\n---\n")), "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	token, err := d.kubectl(ctx, nil, "create", "token", operatorAccount, "--namespace="+operatorNamespace, "--duration="+tokenLife.String())
	if err != nil {
		return err
	}
	config, err := clientcmd.LoadFromFile(d.kubeconfig)
	if err != nil {
		return err
	}
	for name := range config.AuthInfos {
		config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: strings.TrimSpace(token)}
	}
	return clientcmd.WriteToFile(*config, d.scratchFile("operator.kubeconfig"))
}

// checkRights fails when the API server has refused the operator something.
func (d *demo) checkRights() error {
	log, err := os.ReadFile(d.logFile("operator"))
	if errors.Is(err, os.ErrNotExist) { // it was not started
		return nil
	}
	if err != nil {
		return err
	}
	for line := range bytes.Lines(log) {
		if bytes.Contains(bytes.ToLower(line), []byte("forbidden")) {
			return fmt.Errorf("config lacks a right that the operator needs: %s", bytes.TrimSpace(line))
		}
	}
	return nil
}

// applySamples applies the samples as they are, but for the endpoint.
func (d *demo) applySamples(ctx context.Context) error {
	manifest, err := d.samples.manifest(d.simulator.URL)
	if err != nil {
		return err
	}
	output, err := d.kubectl(ctx, manifest, "apply", "-f", "-")
	fmt.Fprint(d.out, indent(output))
	return err
}

// awaitReady waits until every object of the samples is Ready, and shows them.
func (d *demo) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	_, err := d.kubectl(ctx, nil, "wait", "--for=condition=Ready", "accounts,domains,dnszones,folders", "--all", "--timeout="+readyTimeout.String())
	if err != nil {
		// The messages say what is wrong; the context of the wait is over.
		output, _ := d.kubectl(context.WithoutCancel(ctx), nil, "get", "accounts,domains,dnszones,folders", "-o", "wide")
		return fmt.Errorf("%w\n%s", err, output)
	}
	output, err := d.kubectl(ctx, nil, "get", "accounts,domains,dnszones,folders")
	fmt.Fprint(d.out, indent(output))
	return err
}
