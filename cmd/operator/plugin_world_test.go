package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// house is an API server whose front proxy leads to an operator with a door, and the people in front of it.
type house struct {
	*world
	made manifests
	// configs are the kubeconfigs of people, by name.
	configs map[string]string
	output  *bytes.Buffer
}

// newHouse starts the operator with its door, and waits until that is open.
func newHouse(t *testing.T, flags ...string) *house {
	t.Helper()
	h := &house{world: newWorld(t, withFrontProxy(t)), configs: map[string]string{}}
	h.made = render(t, "namespace: default\nresources: [config/default]\ncomponents: [config/cert-manager, config/plugin]")
	h.applyAccess(h.made)
	port := h.register()
	h.flags = append([]string{"--plugin-door", "--cert-manager-bind-address", "127.0.0.1:" + port, "--namespace", "default", "--endpoints", h.api.URL()}, flags...)
	ctx, stop := context.WithCancel(t.Context())
	command, output := h.start(ctx)
	h.output = output
	t.Cleanup(func() {
		stop()
		_ = command.Wait() // Killed by us.
	})
	h.configs["admin"] = h.admin
	var last string
	h.eventually("the door to open", func() bool {
		var code exit.Code
		code, last = h.ask("admin", "journal", "--account", "main", "--namespace", "default", "--timeout", "5s")
		return code == exit.Fine
	}, &last)
	return h
}

// withFrontProxy gives the API server what it proves itself with to aggregated APIs.
func withFrontProxy(t *testing.T) apiservertest.Option { return apiservertest.FrontProxy(t.TempDir()) }

// register tells the API server where the door is, and gives the port.
func (h *house) register() string {
	h.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	if err != nil {
		h.Fatal(err)
	}
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		h.Fatal(err)
	}
	registration := find[unstructured.Unstructured](h.T, h.made, "APIService", door.APIServiceName)
	if err := unstructured.SetNestedMap(registration.Object, map[string]any{"namespace": "default", "name": "regapi-operator", "port": number}, "spec", "service"); err != nil {
		h.Fatal(err)
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "regapi-operator"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
	}
	for _, object := range []client.Object{service, registration} {
		if err := h.Create(h.Context(), object); err != nil {
			h.Fatal(err)
		}
	}
	return port
}

// admit makes somebody who has ClusterRoles, by the ends of their names, in the namespace default alone.
func (h *house) admit(name string, roles ...string) {
	h.Helper()
	user, err := h.environment.AddUser(envtest.User{Name: name}, nil)
	if err != nil {
		h.Fatal(err)
	}
	config, err := user.KubeConfig()
	if err != nil {
		h.Fatal(err)
	}
	h.configs[name] = filepath.Join(h.TempDir(), name)
	if err := os.WriteFile(h.configs[name], config, 0o600); err != nil {
		h.Fatal(err)
	}
	for _, role := range roles {
		binding := &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: name + "-"}, Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: name}},
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		}
		if err := h.Create(h.Context(), binding); err != nil {
			h.Fatal(err)
		}
	}
}

// aggregated makes the ClusterRole that Kubernetes makes of all that are to be added to one of its own, and gives its name.
func (h *house) aggregated(role string) string {
	h.Helper()
	made := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "aggregated-" + role}}
	var all rbacv1.ClusterRoleList
	if err := h.List(h.Context(), &all, client.MatchingLabels{"rbac.authorization.k8s.io/aggregate-to-" + role: "true"}); err != nil {
		h.Fatal(err)
	}
	for _, part := range all.Items {
		made.Rules = append(made.Rules, part.Rules...)
	}
	if len(made.Rules) == 0 {
		h.Fatalf("nothing is added to the role %s", role)
	}
	if err := h.Create(h.Context(), made); err != nil {
		h.Fatal(err)
	}
	return made.Name
}

// ask calls the plugin as somebody.
func (h *house) ask(who string, args ...string) (exit.Code, string) {
	return h.askWith(who, "", args...)
}

// askWith calls the plugin as somebody who writes something to it.
func (h *house) askWith(who, input string, args ...string) (exit.Code, string) {
	h.Helper()
	var out bytes.Buffer
	code := plugin.Run(h.Context(), append(args, "--kubeconfig", h.configs[who], "--operator-namespace", "default"),
		plugin.Streams{In: strings.NewReader(input), Out: &out, Err: &out, Now: time.Now})
	return exit.Code(code), out.String()
}

// wants asks, and wants a code and words.
func (h *house) wants(who string, code exit.Code, words string, args ...string) string {
	h.Helper()
	got, told := h.ask(who, args...)
	if got != code || !strings.Contains(told, words) {
		h.Errorf("%s: %v ends with %d, not %d, or without %q:\n%s", who, args, got, code, words, told)
	}
	return told
}

func (h *house) eventually(what string, done func() bool, last ...*string) {
	h.Helper()
	for start := time.Now(); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Since(start) > patience {
			for _, said := range last {
				h.Log(*said)
			}
			h.Fatalf("waited in vain for %s; the operator says:\n%s", what, h.output)
		}
	}
}
