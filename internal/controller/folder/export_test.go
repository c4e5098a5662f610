package folder

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// Indexed gives a fake client the indexes of the cache.
func Indexed(builder *fake.ClientBuilder) *fake.ClientBuilder {
	if err := addIndexes(context.Background(), builderIndexer{builder}); err != nil {
		panic(err) // It only takes the functions down.
	}
	return builder
}

type builderIndexer struct{ *fake.ClientBuilder }

// IndexField makes the client find objects by a field.
func (b builderIndexer) IndexField(_ context.Context, object client.Object, field string, values client.IndexerFunc) error {
	b.WithIndex(object, field, values)
	return nil
}
