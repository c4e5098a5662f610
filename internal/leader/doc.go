// Package leader labels the pod that leads, so that a Service can select it, and tells a process that was stopped that it leads no more (Term).
//
// All replicas of the operator are Ready, but only the leader serves external-dns and cert-manager: it holds the budgets
// that every request is paid from. The Services therefore select Label besides the labels of the Deployment.
//
// A leader labels its own pod, takes the label from its fellows, and takes it from itself when it stops. One that
// crashes, or is cut off from the API server, leaves its label behind until the next leader takes it: for the duration of
// the Lease, requests may meet a pod that does not answer. Both clients try again.
//
// Whether a pod leads is decided by the Lease alone; the label is never read to find out. The package imports nothing else
// of this module. Start reading at Labeller.Start.
package leader
