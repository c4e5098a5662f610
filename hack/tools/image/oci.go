package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	program = "operator"
	source  = "https://github.com/regapi-io/regapi-operator"
	// user is a number, because runAsNonRoot cannot check a name and there is no passwd file.
	user = "65532:65532"
	// maxUnpacked bounds what an image takes on a node.
	maxUnpacked = 85 << 20
)

// epoch is when everything was made, so that the same binaries give the same digest.
var epoch = time.Unix(0, 0).UTC()

// newIndex gives the image for all platforms.
func newIndex(o options) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, b := range o.binaries {
		image, err := newImage(b, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.platform, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &b.platform}})
	}
	return mutate.Annotations(index, annotations(o)).(v1.ImageIndex), nil
}

func annotations(o options) map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":    "regapi-operator",
		"org.opencontainers.image.source":   source,
		"org.opencontainers.image.version":  o.version,
		"org.opencontainers.image.revision": o.revision,
	}
}

func newImage(b binary, o options) (v1.Image, error) {
	content, err := newLayer(b.file)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.ConfigFile(image, &v1.ConfigFile{
		OS: b.platform.OS, Architecture: b.platform.Architecture, Created: v1.Time{Time: epoch},
		Config: v1.Config{User: user, Entrypoint: []string{"/" + program}, Labels: annotations(o)},
	})
	if err != nil {
		return nil, err
	}
	return mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "make image"}})
}

// newLayer gives the program as a tar of one file, of which nothing tells where and when it was built.
func newLayer(file string) ([]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(content) > maxUnpacked {
		return nil, fmt.Errorf("%s has %d MB, more than the %d that an image may take: was it linked with -s -w?", file, len(content)>>20, maxUnpacked>>20)
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	header := &tar.Header{Typeflag: tar.TypeReg, Name: program, Size: int64(len(content)), Mode: 0o555, ModTime: epoch, Format: tar.FormatUSTAR}
	if err := writer.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	return archive.Bytes(), writer.Close()
}
