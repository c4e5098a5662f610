package fairness

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// PerNamespace is how many writes of a namespace's objects are on their way at a time. At the few milliseconds of a write it is more than the
	// rate limiter of the process lets through, so that a namespace that is alone loses nothing; and nobody has more than so many before him of
	// anybody.
	PerNamespace = 16
	// InAll is how many are on their way of all namespaces together. A thousand objects that are written at once would make a busy API server
	// answer none of them in time; so each waits for its turn here, and not there.
	InAll = 48
)

// Client writes the objects of a namespace, or their status, a few at a time; the others wait in their order. Reads are not bounded, since they
// are the cache's.
type Client struct {
	client.Client
	turns turns
}

// NewClient gives a Client that has so many writes of a namespace on their way, and so many in all.
func NewClient(inner client.Client, perNamespace, inAll int) *Client {
	return &Client{Client: inner, turns: newTurns(perNamespace, inAll)}
}

// Create makes an object in the turn of its namespace.
func (c *Client) Create(ctx context.Context, object client.Object, options ...client.CreateOption) error {
	return c.turns.take(ctx, object.GetNamespace(), func() error { return c.Client.Create(ctx, object, options...) })
}

// Patch changes an object in the turn of its namespace.
func (c *Client) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.PatchOption) error {
	return c.turns.take(ctx, object.GetNamespace(), func() error { return c.Client.Patch(ctx, object, patch, options...) })
}

// Update replaces an object in the turn of its namespace.
func (c *Client) Update(ctx context.Context, object client.Object, options ...client.UpdateOption) error {
	return c.turns.take(ctx, object.GetNamespace(), func() error { return c.Client.Update(ctx, object, options...) })
}

// Status gives what writes the status of an object, likewise.
func (c *Client) Status() client.SubResourceWriter {
	return statusWriter{c.Client.Status(), &c.turns}
}

type statusWriter struct {
	client.SubResourceWriter
	turns *turns
}

// Patch changes the status of an object in the turn of its namespace.
func (w statusWriter) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	return w.turns.take(ctx, object.GetNamespace(), func() error { return w.SubResourceWriter.Patch(ctx, object, patch, options...) })
}

// Update replaces the status of an object in the turn of its namespace.
func (w statusWriter) Update(ctx context.Context, object client.Object, options ...client.SubResourceUpdateOption) error {
	return w.turns.take(ctx, object.GetNamespace(), func() error { return w.SubResourceWriter.Update(ctx, object, options...) })
}
