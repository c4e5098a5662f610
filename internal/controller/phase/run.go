package phase

import "context"

// Run runs phases in order until one fails, and gives its error.
func Run[S any](ctx context.Context, scope S, phases ...func(context.Context, S) error) error {
	for _, phase := range phases {
		if err := phase(ctx, scope); err != nil {
			return err
		}
	}
	return nil
}
