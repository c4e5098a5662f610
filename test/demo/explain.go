package main

import (
	"fmt"
	"os"
	"strings"
)

// explain tells how to go on while everything runs.
func (d *demo) explain() {
	self, err := os.Executable()
	if err != nil {
		self = "bin/demo"
	}
	zone := d.samples.zone
	fmt.Fprint(d.out, strings.NewReplacer(
		"KUBECONFIG_FILE", d.kubeconfig,
		"KUBECTL", d.asset("kubectl"),
		"DEMO", self,
		"PLUGIN", d.binary("kubectl-regapi"),
		"OPERATOR_NAMESPACE", operatorNamespace,
		"ACCOUNT", d.samples.account,
		"ZONE", zone.Name,
		"DOMAIN", string(zone.Spec.DomainName),
		"REGAPI", d.simulator.URL,
		"CONTROL", d.simulator.Control,
		"NAMESERVER", d.simulator.DNS,
		"LOGS", d.scratch,
	).Replace(howToGoOn))
}

const howToGoOn = `
Everything is running. In another terminal:

  export KUBECONFIG=KUBECONFIG_FILE
  alias kubectl=KUBECTL

Add a record, and see it served a moment later:

  kubectl patch dnszone ZONE --type=json --patch \
    '[{"op": "add", "path": "/spec/records/-", "value": {"name": "hello", "a": ["192.0.2.77"]}}]'
  DEMO lookup NAMESERVER hello.DOMAIN A

Ask the plugin what would change, and what the operator asked REG.API for:

  alias regapi='PLUGIN --operator-namespace=OPERATOR_NAMESPACE'
  regapi status dnszone ZONE
  regapi plan dnszone ZONE
  regapi journal --account ACCOUNT --follow

  REG.API simulator  REGAPI
  its name server    NAMESERVER (UDP and TCP)
  its journal        CONTROLjournal
  logs               LOGS

Ctrl-C stops everything and deletes what it wrote.
`
