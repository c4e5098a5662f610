package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/leader"
	"github.com/regapi-io/regapi-operator/internal/serving"
)

// withCertificate is config/default with a certificate of cert-manager's.
const withCertificate = `
resources: [config/default]
components: [config/components/cert-manager-certificate]
`

func TestTheDeploymentGivesFlagsThatTheProgramKnows(t *testing.T) {
	for name, made := range map[string]manifests{
		"default":                     render(t, "resources: [config/default]"),
		"certificate of cert-manager": render(t, withCertificate),
	} {
		t.Run(name, func(t *testing.T) {
			deployment := find[appsv1.Deployment](t, made, "Deployment")
			for _, container := range deployment.Spec.Template.Spec.Containers {
				if err := newCommand().ParseFlags(container.Args); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestACertificateOfCertManagerIsWhereTheProgramLooks(t *testing.T) {
	deployment := find[appsv1.Deployment](t, render(t, withCertificate), "Deployment")
	container := deployment.Spec.Template.Spec.Containers[0]
	command := newCommand()
	if err := command.ParseFlags(container.Args); err != nil {
		t.Fatal(err)
	}
	folder, err := command.Flags().GetString("tls-cert-dir")
	if err != nil {
		t.Fatal(err)
	}
	if len(container.VolumeMounts) != 1 || container.VolumeMounts[0].MountPath != folder {
		t.Errorf("--tls-cert-dir is %q, and mounted is %v", folder, container.VolumeMounts)
	}
}

// TestTheRolesOfPeopleGiveNoStatusAway looks at every role that is added to those of a cluster: what the operator remembers in a status, such as
// the claim of a DNSZone, is nobody else's to write.
func TestTheRolesOfPeopleGiveNoStatusAway(t *testing.T) {
	made := render(t, "resources: [config/default]")
	for name, to := range map[string]string{"viewer": "view", "editor": "edit", "administrator": "admin"} {
		role, accounts := find[rbacv1.ClusterRole](t, made, "ClusterRole", "regapi-"+name), to == "admin"
		if role.Labels["rbac.authorization.k8s.io/aggregate-to-"+to] != "true" || len(role.Labels) != 1 {
			t.Errorf("the role %s is added by %v", name, role.Labels)
		}
		for _, rule := range role.Rules {
			writes := slices.Contains(rule.Verbs, "create")
			if writes && slices.Contains(rule.Resources, "accounts") != accounts {
				t.Errorf("the role %s writes %v", name, rule.Resources)
			}
			for _, resource := range rule.Resources {
				if strings.ContainsAny(resource, "/*") || !slices.Equal(rule.APIGroups, []string{"regapi.io"}) {
					t.Errorf("the role %s reaches %s of %v", name, resource, rule.APIGroups)
				}
			}
		}
	}
}

func TestTheServiceSelectsThePodThatLeads(t *testing.T) {
	made := render(t, "resources: [config/default]")
	service, deployment := find[corev1.Service](t, made, "Service"), find[appsv1.Deployment](t, made, "Deployment")
	template := deployment.Spec.Template

	want := maps.Clone(template.Labels)
	want[leader.Label] = leader.LabelValue
	if diff := cmp.Diff(want, service.Spec.Selector); diff != "" {
		t.Errorf("the selector (-want +got):\n%s", diff)
	}
	if _, labelled := template.Labels[leader.Label]; labelled {
		t.Error("the template labels every pod as the leader")
	}
	ports := map[string]int32{}
	for _, port := range template.Spec.Containers[0].Ports {
		ports[port.Name] = port.ContainerPort
	}
	reached := map[int32]int32{}
	for _, port := range service.Spec.Ports {
		reached[port.Port] = ports[port.TargetPort.StrVal]
	}
	if diff := cmp.Diff(map[int32]int32{443: 6443, 8443: 8443}, reached); diff != "" {
		t.Errorf("ports of the pod by ports of the Service (-want +got):\n%s", diff)
	}
	budget := find[policyv1.PodDisruptionBudget](t, made, "PodDisruptionBudget")
	if diff := cmp.Diff(deployment.Spec.Selector, budget.Spec.Selector); diff != "" {
		t.Errorf("the pods of the budget (-deployment +budget):\n%s", diff)
	}
}

func TestTheCertificateIsForTheNameOfTheService(t *testing.T) {
	made := render(t, "resources: [config/default]")
	service := find[corev1.Service](t, made, "Service")
	name, err := newCommand().Flags().GetString("service-name")
	if err != nil {
		t.Fatal(err)
	}
	if service.Name != name {
		t.Errorf("the Service is %q, and --service-name is %q by default", service.Name, name)
	}
	role := find[rbacv1.Role](t, made, "Role", "regapi-operator")
	for _, rule := range role.Rules {
		if len(rule.ResourceNames) > 0 && rule.ResourceNames[0] != serving.SecretName(name) {
			t.Errorf("the role names %v, and the Secret is %s", rule.ResourceNames, serving.SecretName(name))
		}
	}
}

// manifests are what kustomize makes of a kustomization.
type manifests []*unstructured.Unstructured

// render builds a kustomization in whose text config is this repository's.
func render(t *testing.T, kustomization string) manifests {
	t.Helper()
	return apiservertest.Kustomize(t, kustomization)
}

func kubectl(ctx context.Context, t *testing.T, input []byte, arguments ...string) []byte {
	t.Helper()
	command := exec.CommandContext(ctx, filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"), arguments...)
	command.Stdin = bytes.NewReader(input)
	var mistakes bytes.Buffer
	command.Stderr = &mistakes
	output, err := command.Output()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", arguments, err, mistakes.String())
	}
	return output
}

// find gives the object of a kind and, if there are several, a name.
func find[T any](t *testing.T, made manifests, kind string, name ...string) *T {
	t.Helper()
	for _, object := range made {
		if object.GetKind() != kind || len(name) > 0 && object.GetName() != name[0] {
			continue
		}
		found := new(T)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, found); err != nil {
			t.Fatal(fmt.Errorf("read %s %s: %w", kind, object.GetName(), err))
		}
		return found
	}
	t.Fatalf("there is no %s", kind)
	return nil
}
