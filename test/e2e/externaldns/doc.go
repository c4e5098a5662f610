// Package externaldns holds the end-to-end tests with the real external-dns: the pinned program, as a process, against the
// operator's webhook provider, a control plane and the simulator's name server.
//
// Start reading at world and site: a world is one operator, a site one zone in it with an external-dns of its own. What needs
// a broken REG.API has a world to itself, because the operator answers every external-dns for all of its zones.
package externaldns
