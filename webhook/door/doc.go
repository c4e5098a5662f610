// Package door serves the plugin: what goes through the operator, so that the one budget holds and no credential leaves its place.
//
// It is an aggregated API beside the solver of cert-manager, by the same server, which asks the API server of Kubernetes who a caller is
// and, by a SubjectAccessReview for each request, whether he may make this verb of this object. Only the leader serves, where the budget
// is. What a call spends goes before sweeps and behind challenges. Answers come within 25 seconds, or an error upon which the plugin
// asks again; what was read until then is known by then.
//
// It must not import internal/controller, nor another webhook: who plans a zone is given to it. Start reading at Server.ServeHTTP.
package door
