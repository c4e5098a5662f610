// Command image makes a container image of static binaries, as an OCI layout: one layer with the program, and nothing else. It needs neither
// Docker nor a network, and gives the same digest for the same binaries.
//
//	image -layout FOLDER -sbom FILE -version VERSION -revision COMMIT PLATFORM=BINARY...
//
// It prints the digest of the index. The SBOM is that of the first binary: all are made of the same modules.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// options are what the flags say.
type options struct {
	layout, sbom      string
	version, revision string
	binaries          []binary
}

// binary is a program for a platform.
type binary struct {
	platform v1.Platform
	file     string
}

func main() {
	o, err := parse(os.Args[1:])
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.StringVar(&o.layout, "layout", "", "folder of the OCI layout; what is there is replaced")
	flags.StringVar(&o.sbom, "sbom", "", "file of the SBOM, in CycloneDX's JSON")
	flags.StringVar(&o.version, "version", "", "version of the program")
	flags.StringVar(&o.revision, "revision", "", "commit that it was made from")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	for _, each := range flags.Args() {
		name, file, ok := strings.Cut(each, "=")
		system, architecture, both := strings.Cut(name, "/")
		if !ok || !both {
			return o, fmt.Errorf("%q: write PLATFORM=BINARY, such as linux/amd64=bin/operator", each)
		}
		o.binaries = append(o.binaries, binary{v1.Platform{OS: system, Architecture: architecture}, file})
	}
	if o.layout == "" || len(o.binaries) == 0 {
		return o, fmt.Errorf("-layout and at least one PLATFORM=BINARY are needed")
	}
	return o, nil
}

func run(o options) error {
	index, err := newIndex(o)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(o.layout); err != nil {
		return err
	}
	if _, err := layout.Write(o.layout, index); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	if o.sbom != "" {
		if err := writeSBOM(o); err != nil {
			return fmt.Errorf("write the SBOM: %w", err)
		}
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	_, err = fmt.Println(digest)
	return err
}
