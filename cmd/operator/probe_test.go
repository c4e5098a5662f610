package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAProbeFailsUnlessEveryAddressIsWell(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		}
	}))
	gone := httptest.NewServer(nil)
	gone.Close()
	defer server.Close()
	for name, c := range map[string]struct {
		addresses []string
		problem   string
	}{
		"all well":     {[]string{server.URL + "/readyz", server.URL + "/readyz"}, ""},
		"one is not":   {[]string{server.URL + "/readyz", server.URL + "/healthz"}, "503"},
		"nobody there": {[]string{gone.URL}, "refused"},
		"no address":   {nil, "requires at least 1 arg"},
	} {
		t.Run(name, func(t *testing.T) {
			command := newCommand()
			command.SetArgs(append([]string{"probe"}, c.addresses...))
			command.SetOut(t.Output())
			err := command.ExecuteContext(t.Context())
			if (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%v", err)
			}
		})
	}
}
