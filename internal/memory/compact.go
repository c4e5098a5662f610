package memory

import (
	"unique"

	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Compact makes what a cache keeps of an object no larger than it is. Who wrote which field is nobody's question here, and takes as much memory as
// the object; a list that was decoded has room for half as many elements again; and names of records are the same in thousands of zones.
func Compact(object any) (any, error) {
	if zone, ok := object.(*v1alpha1.DNSZone); ok {
		zone.Spec.Records = exact(zone.Spec.Records)
		for i := range zone.Spec.Records {
			shareText(&zone.Spec.Records[i].Name)
		}
	}
	return cache.TransformStripManagedFields()(object)
}

// exact gives a list that has room for its elements alone.
func exact[T any](list []T) []T {
	if cap(list) == len(list) {
		return list
	}
	fitting := make([]T, len(list))
	copy(fitting, list)
	return fitting
}

// shareText keeps equal texts once.
func shareText[T ~string](text *T) { *text = unique.Make(*text).Value() }
