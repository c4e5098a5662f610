package buildinfo

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
)

// version and commit are set by the linker: see GO_LDFLAGS in the Makefile.
var version, commit string

// Unknown stands where nobody has said.
const Unknown = "unknown"

// development is the version of what was not released.
const development = "(devel)"

// Info is what is known of a build.
type Info struct {
	// Version such as v0.1.0; "(devel)" of what was not released.
	Version string `json:"version"`
	// Commit is the full hash; [Unknown] where it was built without one.
	Commit string `json:"commit"`
	// Go is the version of the compiler, such as go1.26.0, and Platform what it was built for, such as linux/amd64.
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Read gives what is known of the running program.
func Read() Info {
	built, _ := debug.ReadBuildInfo()
	return read(version, commit, built)
}

// read prefers what the linker was told; built may be nil.
func read(version, commit string, built *debug.BuildInfo) Info {
	info := Info{Version: version, Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if built != nil {
		info.Version = cmp.Or(info.Version, built.Main.Version)
		for _, setting := range built.Settings {
			if setting.Key == "vcs.revision" {
				info.Commit = cmp.Or(info.Commit, setting.Value)
			}
		}
	}
	info.Version, info.Commit = cmp.Or(info.Version, development), cmp.Or(info.Commit, Unknown)
	return info
}

// String is one line for people.
func (i Info) String() string {
	return fmt.Sprintf("%s, commit %s, %s, %s", i.Version, i.Commit, i.Go, i.Platform)
}

// Collector gives the metric that tells of the build: always 1, the rest are labels.
func (i Info) Collector() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "regapi_build_info",
		Help:        "The build that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": i.Version, "commit": i.Commit, "goversion": i.Go},
	}, func() float64 { return 1 })
}
