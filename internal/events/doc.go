// Package events records events of Kubernetes (events.k8s.io/v1) and keeps next to nothing of them.
//
// The recorder of client-go holds every event for six minutes, to count those that come again, and starts a goroutine for each that waits to be
// sent: thousands of objects that become ready at once take more memory for that than their records do. This one owns a short queue, in which
// namespaces take turns, a few senders that live while it is not empty, and for counting a number per event. It stands on client-go, and bounds the notes.
//
// A Recorder is safe for concurrent use. Start reading at Recorder.
package events
