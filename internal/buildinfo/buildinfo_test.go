package buildinfo

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestWhatTheLinkerWasToldComesBeforeWhatGoKnows(t *testing.T) {
	fromGit := &debug.BuildInfo{
		Main:     debug.Module{Version: "v0.9.0"},
		Settings: []debug.BuildSetting{{Key: "vcs.time", Value: "now"}, {Key: "vcs.revision", Value: "0123abc"}},
	}
	for name, c := range map[string]struct {
		version, commit         string
		built                   *debug.BuildInfo
		wantVersion, wantCommit string
	}{
		"a release":                          {"v1.2.3", "fedcba9", fromGit, "v1.2.3", "fedcba9"},
		"go install of a version":            {"", "", fromGit, "v0.9.0", "0123abc"},
		"go build without git":               {"", "", &debug.BuildInfo{}, "(devel)", "unknown"},
		"a program without any of it at all": {"", "", nil, "(devel)", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			info := read(c.version, c.commit, c.built)
			if info.Version != c.wantVersion || info.Commit != c.wantCommit || info.Go != runtime.Version() || !strings.Contains(info.Platform, "/") {
				t.Errorf("%+v", info)
			}
		})
	}
}

func TestTheMetricOfTheBuildIsOneWithItsLabels(t *testing.T) {
	info := Info{Version: "v1.2.3", Commit: "fedcba9", Go: "go1.26.0", Platform: "linux/arm64"}
	if err := testutil.CollectAndCompare(info.Collector(), strings.NewReader(`
# HELP regapi_build_info The build that runs; always 1.
# TYPE regapi_build_info gauge
regapi_build_info{commit="fedcba9",goversion="go1.26.0",version="v1.2.3"} 1
`)); err != nil {
		t.Error(err)
	}
	if want := "v1.2.3, commit fedcba9, go1.26.0, linux/arm64"; info.String() != want {
		t.Errorf("%q, want %q", info, want)
	}
}
