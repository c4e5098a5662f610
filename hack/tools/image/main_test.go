package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// built makes a layout of a small program for two platforms, and gives its folder.
func built(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	small := filepath.Join(folder, "program")
	if err := os.WriteFile(small, []byte("a program"), 0o700); err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{
		"-layout", filepath.Join(folder, "image"), "-version", "v1.2.3", "-revision", "0123abc", "linux/amd64=" + small, "linux/arm64=" + small,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(o); err != nil {
		t.Fatal(err)
	}
	return folder
}

func indexOf(t *testing.T, folder string) (v1.ImageIndex, v1.IndexManifest) {
	t.Helper()
	index, err := layout.ImageIndexFromPath(filepath.Join(folder, "image"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	return index, *manifest
}

func TestTheSameBinariesMakeTheSameImage(t *testing.T) {
	_, first := indexOf(t, built(t))
	_, second := indexOf(t, built(t))
	if len(first.Manifests) != 2 || first.Manifests[0].Digest != second.Manifests[0].Digest || first.Manifests[1].Digest != second.Manifests[1].Digest {
		t.Errorf("%v and %v", first.Manifests, second.Manifests)
	}
}

func TestTheImageIsTheProgramAloneAndRunsAsNobody(t *testing.T) {
	index, manifest := indexOf(t, built(t))
	for _, described := range manifest.Manifests {
		image, err := index.Image(described.Digest)
		if err != nil {
			t.Fatal(err)
		}
		config, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if config.Config.User != "65532:65532" || strings.Join(config.Config.Entrypoint, " ") != "/operator" || config.OS != "linux" || config.Architecture != described.Platform.Architecture {
			t.Errorf("%s: %+v", described.Platform, config)
		}
		layers, err := image.Layers()
		if err != nil || len(layers) != 1 {
			t.Fatalf("%d layers, %v", len(layers), err)
		}
		content, err := layers[0].Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		checkLayer(t, content)
	}
}

func checkLayer(t *testing.T, content io.ReadCloser) {
	t.Helper()
	defer content.Close()
	header := make([]byte, 512)
	if _, err := io.ReadFull(content, header); err != nil || !strings.HasPrefix(string(header), "operator\x00") || !strings.Contains(string(header[100:108]), "555") {
		t.Errorf("the layer begins with %q, %v", header[:108], err)
	}
}

func TestTheSBOMNamesEveryModule(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{sbom: filepath.Join(t.TempDir(), "sbom.json"), version: "v1.2.3", binaries: []binary{{file: self}}}
	if err := writeSBOM(o); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(o.sbom)
	if err != nil {
		t.Fatal(err)
	}
	var sbom struct {
		BOMFormat  string
		Metadata   struct{ Component struct{ Version string } }
		Components []struct{ PURL string }
	}
	if err := json.Unmarshal(text, &sbom); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range sbom.Components {
		found = found || strings.HasPrefix(c.PURL, "pkg:golang/github.com/google/go-containerregistry@v")
	}
	if sbom.BOMFormat != "CycloneDX" || sbom.Metadata.Component.Version != "v1.2.3" || !found {
		t.Errorf("%s", text)
	}
}

func TestAWrongCommandLineIsRefused(t *testing.T) {
	for _, arguments := range [][]string{{}, {"-layout", "x"}, {"-layout", "x", "linux=operator"}, {"-layout", "x", "linux/amd64"}} {
		if _, err := parse(arguments); err == nil {
			t.Errorf("%q is taken", arguments)
		}
	}
}
