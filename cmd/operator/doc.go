// Command operator runs the controllers of regapi-operator and, if asked to, its provider for external-dns and its solver for
// cert-manager.
//
// main reads flags into options; run wires the parts together. There is no logic here.
package main
