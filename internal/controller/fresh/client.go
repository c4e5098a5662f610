package fresh

import (
	"context"
	"fmt"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Client is a client that reads from a cache. Make it with New.
type Client struct {
	client.Client
	live client.Reader

	mu sync.Mutex
	// written has the version of the last write of an object, by kind and key; unknown where it is not known.
	written map[string]string
}

// unknown is the version of a write that may or may not have come about.
const unknown = ""

// New gives a Client that reads from a cache, and where that is behind, from the API server.
func New(cached client.Client, live client.Reader) *Client {
	return &Client{Client: cached, live: live, written: map[string]string{}}
}

// Get reads an object, which is never older than what was written through this client.
func (c *Client) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	name := c.nameOf(key, object)
	if err := c.Client.Get(ctx, key, object, options...); err != nil {
		if apierrors.IsNotFound(err) {
			c.forget(name)
		}
		return err
	}
	if !c.isBehind(name, object.GetResourceVersion()) {
		return nil
	}
	if err := c.live.Get(ctx, key, object, options...); err != nil {
		return err
	}
	c.confirm(name, object.GetResourceVersion())
	return nil
}

// Patch changes an object.
func (c *Client) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.PatchOption) error {
	return c.write(object, func() error { return c.Client.Patch(ctx, object, patch, options...) })
}

// Update replaces an object.
func (c *Client) Update(ctx context.Context, object client.Object, options ...client.UpdateOption) error {
	return c.write(object, func() error { return c.Client.Update(ctx, object, options...) })
}

// Status writes the status of objects.
func (c *Client) Status() client.SubResourceWriter { return statusWriter{c.Client.Status(), c} }

// statusWriter is the client for statuses alone.
type statusWriter struct {
	client.SubResourceWriter
	of *Client
}

func (w statusWriter) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	return w.of.write(object, func() error { return w.SubResourceWriter.Patch(ctx, object, patch, options...) })
}

func (w statusWriter) Update(ctx context.Context, object client.Object, options ...client.SubResourceUpdateOption) error {
	return w.of.write(object, func() error { return w.SubResourceWriter.Update(ctx, object, options...) })
}

// nameOf tells objects apart, whether an object itself is at hand or its metadata alone.
func (c *Client) nameOf(key client.ObjectKey, object client.Object) string {
	kind, err := c.GroupVersionKindFor(object)
	if err != nil {
		return fmt.Sprintf("%T %s", object, key) // Whatever it is, the API server does not know it either.
	}
	return kind.GroupKind().String() + " " + key.String()
}

// write makes a write, and remembers what came of it.
func (c *Client) write(object client.Object, do func() error) error {
	err := do()
	c.note(object, err)
	return err
}

// note remembers what came of a write.
func (c *Client) note(object client.Object, err error) {
	name := c.nameOf(client.ObjectKeyFromObject(object), object)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.written[name] = object.GetResourceVersion()
	case apierrors.IsNotFound(err):
		delete(c.written, name)
	default:
		c.written[name] = unknown
	}
}

// isBehind says whether a version that the cache shows is older than the last write.
func (c *Client) isBehind(name, shown string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	written, noted := c.written[name]
	if !noted {
		return false
	}
	if written != unknown {
		if order, err := resourceversion.CompareResourceVersion(shown, written); err != nil || order >= 0 {
			delete(c.written, name) // Versions that cannot be compared tell nothing.
			return false
		}
	}
	return true
}

// confirm remembers the version that the API server has shown, where nothing was known of the last write.
func (c *Client) confirm(name, version string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if written, noted := c.written[name]; noted && written == unknown {
		c.written[name] = version
	}
}

func (c *Client) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.written, name)
}
