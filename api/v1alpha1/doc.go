// Package v1alpha1 is the API of the operator: the kinds of group regapi.io,
// their defaults, their validation, and the condition types and reasons that
// their status speaks in.
//
// It holds no behaviour and imports no other package of this module. What CEL
// or the schema can refuse is refused here, at apply time; what only REG.API
// can know ends as a condition.
//
// Start reading at DNSZoneSpec.
//
// +kubebuilder:object:generate=true
// +groupName=regapi.io
package v1alpha1
