// Command operator runs the controllers of regapi-operator and, if asked to, its provider for external-dns and its solver for
// cert-manager. As `operator external-dns-proxy` it is the sidecar of external-dns, which passes requests on to the operator.
//
// main reads flags into options; run wires the parts together. There is no logic here.
package main
