// Package census counts the objects of the operator's kinds for Prometheus: how many are Ready, and why the others are not.
//
// It counts when it is asked, from the cache, so that it costs neither a request nor memory between two questions. Only the process
// that leads counts: the others would say the same once more, and keep a cache for it. The package knows no kind by itself, and
// is safe for concurrent use.
package census
