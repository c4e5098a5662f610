package plugin

import (
	"context"
	"fmt"
	"maps"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func canPause(k kind) bool { return k.pausable }

func newPause(s *session) *cobra.Command {
	return &cobra.Command{
		Use:               "pause KIND NAME",
		Short:             "Stop all writes for an object",
		Long:              "Stop all writes for a DNSZone, Folder or Domain, its deletion included, by the annotation regapi.io/paused. It is looked at as before, and its status says what waits.",
		Example:           "  kubectl regapi pause dnszone example-ru",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: s.completeObjects(canPause),
		RunE: func(command *cobra.Command, args []string) error {
			return s.setPause(command.Context(), args, "true", "paused")
		},
	}
}

// setPause writes the annotation; an empty value takes it off.
func (s *session) setPause(ctx context.Context, args []string, value, done string) error {
	found, err := s.choose(ctx, args, canPause, 0, done+", one at a time")
	if err != nil {
		return err
	}
	if err := annotate(ctx, found.kube, found.object, v1alpha1.AnnotationPaused, value); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "%s %s\n", found, done)
	return nil
}

// annotate sets an annotation, or takes it off with an empty value.
func annotate(ctx context.Context, kube client.Client, o client.Object, key, value string) error {
	return patchAnnotation(ctx, kube, o, key, value, client.MergeFromWithOptions)
}

// annotateAsSeen does the same if the object is still as it was read: for a word about what somebody has seen of it.
func annotateAsSeen(ctx context.Context, kube client.Client, o client.Object, key, value string) error {
	return patchAnnotation(ctx, kube, o, key, value, func(before client.Object, _ ...client.MergeFromOption) client.Patch {
		return client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	})
}

func patchAnnotation(ctx context.Context, kube client.Client, o client.Object, key, value string, from func(client.Object, ...client.MergeFromOption) client.Patch) error {
	before := o.DeepCopyObject().(client.Object)
	annotations := maps.Clone(o.GetAnnotations())
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[key] = value
	if value == "" {
		delete(annotations, key)
	}
	o.SetAnnotations(annotations)
	return kube.Patch(ctx, o, from(before), client.FieldOwner("kubectl-regapi"))
}
