// Package apiservertest starts a real API server for the tests of a package, and makes the manifests that such a server is given.
//
// It owns the server from before the first test to after the last: a package hands its TestMain over to Main, and asks for
// Config in its tests; a test that needs a server of its own calls Start. etcd and kube-apiserver are found in the folder KUBEBUILDER_ASSETS, which `make control-plane` builds.
//
// The package is for tests, and for the harness of the end-to-end tests, alone and imports nothing of this module, so that the tests of every package may import it,
// those of the API types included. Config is never nil and safe for concurrent use; whoever changes what it gives copies it
// first. Start reading at Main.
package apiservertest
