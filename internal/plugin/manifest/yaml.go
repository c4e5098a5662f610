package manifest

import (
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// YAML gives an object as it is kept in Git: without status, and without what the API server adds.
func YAML(object any) ([]byte, error) {
	clean, err := Clean(object)
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(clean)
}

// Clean gives the fields of an object that somebody would write.
func Clean(object any) (map[string]any, error) {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	delete(fields, "status")
	if metadata, ok := fields["metadata"].(map[string]any); ok {
		for _, added := range []string{"creationTimestamp", "deletionTimestamp", "finalizers", "generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid"} {
			delete(metadata, added)
		}
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			delete(annotations, "kubectl.kubernetes.io/last-applied-configuration")
			if len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
	}
	return fields, nil
}
