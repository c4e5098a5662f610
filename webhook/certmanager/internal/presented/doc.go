// Package presented remembers where the records of challenges were written, so that their removal does not depend on objects that are gone
// by then: an Issuer that was corrected, a DNSZone that was deleted.
//
// It owns one ConfigMap in the operator's own namespace, which is bounded in number and in time. What a challenge left is found by the
// namespace of its Issuer, its name and its key together, so that nobody finds what another namespace has presented. Only the leader writes
// it; who else does is not overwritten.
//
// It imports nothing of ours. A Memory is safe for concurrent use; without a client it lasts as long as the process. Start reading at
// Memory.Add.
package presented
