package controller

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
)

// runPhases runs phases in order until one fails.
func runPhases[S any](ctx context.Context, scope S, phases ...func(context.Context, S) error) error {
	for _, phase := range phases {
		if err := phase(ctx, scope); err != nil {
			return err
		}
	}
	return nil
}

// followerOf names an object among the followers of an inventory.
func followerOf(kind string, key types.NamespacedName) string { return kind + " " + key.String() }
