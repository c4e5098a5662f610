package main

import (
	"cmp"
	"debug/buildinfo"
	"os"
	"runtime/debug"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM says which modules the program is made of, as its binary has them. Neither time nor serial number stand in it, so that it is
// the same for the same binary.
func writeSBOM(o options) error {
	built, err := buildinfo.ReadFile(o.binaries[0].file)
	if err != nil {
		return err
	}
	out, err := os.Create(o.sbom)
	if err != nil {
		return err
	}
	if err := cyclonedx.NewBOMEncoder(out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(newSBOM(built, o.version)); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

func newSBOM(built *debug.BuildInfo, version string) *cyclonedx.BOM {
	main := component(debug.Module{Path: built.Main.Path, Version: cmp.Or(version, built.Main.Version)})
	main.Type = cyclonedx.ComponentTypeApplication
	components := []cyclonedx.Component{component(debug.Module{Path: "std", Version: built.GoVersion})}
	for _, module := range built.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		components = append(components, component(*module))
	}
	bom := cyclonedx.NewBOM()
	bom.Metadata, bom.Components = &cyclonedx.Metadata{Component: &main}, &components
	return bom
}

func component(module debug.Module) cyclonedx.Component {
	purl := "pkg:golang/" + module.Path
	if module.Version != "" {
		purl += "@" + module.Version
	}
	made := cyclonedx.Component{BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: module.Path, Version: module.Version, PackageURL: purl}
	if module.Sum != "" {
		made.Properties = &[]cyclonedx.Property{{Name: "go:sum", Value: module.Sum}}
	}
	return made
}
