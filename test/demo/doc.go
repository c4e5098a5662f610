// Command demo shows the operator at work on this machine alone. It starts etcd
// and kube-apiserver, the REG.API simulator and the operator on loopback,
// applies config/samples, waits until every object is Ready and asks the
// simulator's name server for every record.
//
// It owns the order of these steps and the life of the programs that it starts.
// What it starts, it stops: on success, failure, Ctrl-C and even its own sudden
// death (leash.go). It takes what to expect from the samples and not from the
// operator's code, so that a mistake cannot hide by being made on both sides.
//
// Start reading at demo.run.
package main
