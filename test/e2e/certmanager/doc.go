// Package certmanager has certificates issued by the real programs: cert-manager's controller asks the operator's solver,
// through the aggregation layer of a real API server, for the TXT records of its challenges, the operator writes them at the
// REG.API simulator, and Pebble, as the certificate authority, validates them at the simulator's name server.
//
// Upstream waits 60 s before every self-check. So all certificates are asked for at once and share that wait, and the operator
// is killed once, in the middle of it, for all of them.
//
// Start reading at TestCertificatesBecomeReady, then scene and tenant.
package certmanager
