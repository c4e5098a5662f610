package fairness

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// InFlight is how many writes of a namespace's objects are on their way at a time. At the few milliseconds of a write it is more than the
// rate limiter of the process lets through, so that a namespace that is alone loses nothing; and nobody has more than so many before him of anybody.
const InFlight = 16

// Client patches the objects of a namespace, or their status, a few at a time; the others wait in their order. Reads are not bounded, since they
// are the cache's.
type Client struct {
	client.Client
	turns turns
}

// NewClient gives a Client that has so many patches of a namespace on their way.
func NewClient(inner client.Client, inFlight int) *Client {
	return &Client{Client: inner, turns: turns{inFlight: inFlight, of: map[string]*queue{}}}
}

// Patch patches an object in the turn of its namespace.
func (c *Client) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.PatchOption) error {
	return c.turns.take(ctx, object.GetNamespace(), func() error { return c.Client.Patch(ctx, object, patch, options...) })
}

// Status gives what patches the status of an object, likewise.
func (c *Client) Status() client.SubResourceWriter {
	return statusWriter{c.Client.Status(), &c.turns}
}

type statusWriter struct {
	client.SubResourceWriter
	turns *turns
}

// Patch patches the status of an object in the turn of its namespace.
func (w statusWriter) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	return w.turns.take(ctx, object.GetNamespace(), func() error { return w.SubResourceWriter.Patch(ctx, object, patch, options...) })
}
