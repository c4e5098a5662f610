// Package provenance remembers what the provider of external-dns made in each zone.
//
// Ownership texts say it for one of external-dns's registries, in clear; every other leaves nothing in the zone that could be
// read. So whoever removes what nobody declares has to ask here as well: see [Memory.Made].
//
// It owns one ConfigMap a zone in the operator's namespace. That outlives the process, the DNSZone and a restore from Git, and
// can be compared and swapped; a status would be lost with its object, would wake the object's reconciler at every change, and
// would be read there from a cache that is older than the last write. Records are named by eight bytes of a hash each, up to
// [MaxRecords]; a zone with more is not known. What does not change is not written.
//
// It must not import the provider, nor a controller, which both stand above it. A [Memory] is safe for concurrent use, and one
// serves a whole process, so that what was remembered before a write is known to every plan after it.
//
// Start reading at Memory.Change.
package provenance
