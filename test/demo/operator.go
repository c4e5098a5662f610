package main

import (
	"context"
	"fmt"
)

// operatorNamespace is what config/rbac calls the operator's own namespace.
const operatorNamespace = "system"

// startOperator grants the operator what config/rbac says and starts it.
func (d *demo) startOperator(ctx context.Context) error {
	for _, arguments := range [][]string{
		{"create", "namespace", operatorNamespace},
		{"apply", "-f", d.config("rbac/role.yaml"), "-f", d.config("rbac/secrets_role.yaml")},
		{"create", "clusterrolebinding", "operator", "--clusterrole=operator", "--user=" + operatorUser},
		{"create", "clusterrolebinding", "operator-secrets", "--clusterrole=operator-secrets", "--user=" + operatorUser},
		{"create", "rolebinding", "operator", "--namespace=" + operatorNamespace, "--role=operator", "--user=" + operatorUser},
		{"create", "clusterrolebinding", "operator-auth-delegator", "--clusterrole=system:auth-delegator", "--user=" + operatorUser},
		{"create", "rolebinding", "operator", "--namespace=kube-system", "--role=extension-apiserver-authentication-reader", "--user=" + operatorUser},
	} {
		if _, err := d.kubectl(ctx, nil, arguments...); err != nil {
			return err
		}
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
