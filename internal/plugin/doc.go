// Package plugin is kubectl-regapi: what people ask of the operator, by their own kubeconfig.
//
// It owns the verbs, one a file, and what they share: how the cluster is reached (session.go), which objects of ours are not fine
// and what to do about them (findings.go, remedy.go). How answers are printed is for package output, with which code the process
// ends for package exit.
//
// A verb reads Kubernetes alone, with the rights of whoever calls it. It reads no Secret, and changes nothing but the annotations
// by which people tell the operator something. It must not import internal/controller, nor a webhook.
//
// Start reading at Run.
package plugin
