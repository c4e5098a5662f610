// Package scale measures what a thousand zones and more cost through a real API server: requests to REG.API, writes to the API
// server, events, CPU and memory, from the operator's first start on.
//
// It owns tests only. They start etcd and kube-apiserver, a simulator that takes a while for every request, and the operator's
// own program, which they build. Counts are held to limits, as they are the same on every machine; times are printed, and
// compared with each other at most. By default two hundred zones are enough; `make bench-cluster` prints the table for as many
// as ZONES says. Nothing imports the package.
//
// Start reading at scale_test.go. What is measured is in figures_test.go, the programs in cluster_test.go and operator_test.go,
// and the objects in estate_test.go.
package scale
