// Package serving keeps the certificate that the operator serves TLS with: to external-dns, and as the aggregated API
// through which cert-manager asks for challenges.
//
// A Certificate comes from one of two sources, each a runnable of a controller-runtime manager:
//
//   - Files: somebody else makes it, such as cert-manager, and mounts it.
//   - SelfManaged: the operator makes it with a certificate authority of its own.
//
// Only the leader serves, so only the leader has a certificate. Nobody needs to wait for it with anything but serving: a
// source that has no certificate yet logs why, tries again, and lets the rest of the process work.
//
// The package knows neither webhook and imports nothing else of this module. Start reading at Certificate.
package serving
