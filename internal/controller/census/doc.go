// Package census counts the objects of the operator's kinds for Prometheus: how many are Ready, and why the others are not.
//
// [Estate] tells until when domains are paid, how far orders have come, and what was spent. [Registry] tells which Accounts a login is
// known by, which domains are delegated, which plans wait, and which records are refused.
//
// It counts when it is asked, from the cache, so that it costs neither a request nor memory between two questions. Only the process
// that leads counts: the others would say the same once more, and keep a cache for it. It is safe for
// concurrent use.
package census
