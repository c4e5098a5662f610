package controllertest

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	lua "github.com/yuin/gopher-lua"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// argoCD is the health check of config/argocd, which Argo CD runs with the same interpreter.
var argoCD = sync.OnceValues(func() (string, error) {
	root := "config/argocd/argocd-cm.yaml"
	for range 4 { // Tests run in the folder of their package.
		root = filepath.Join("..", root)
		text, err := os.ReadFile(root)
		if err != nil {
			continue
		}
		var settings corev1.ConfigMap
		var checks map[string]map[string]string
		if err := yaml.UnmarshalStrict(text, &settings); err != nil {
			return "", err
		}
		err = yaml.UnmarshalStrict([]byte(settings.Data["resource.customizations"]), &checks)
		return checks["regapi.io/*"]["health.lua"], err
	}
	return "", os.ErrNotExist
})

// Health is what Argo CD shows of an object, and what it says of it.
func Health(object runtime.Object) (health, message string, err error) {
	check, err := argoCD()
	if err != nil {
		return "", "", err
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return "", "", err
	}
	state := lua.NewState()
	defer state.Close()
	state.SetGlobal("obj", toLua(state, fields))
	if err := state.DoString(check); err != nil {
		return "", "", err
	}
	answer, isTable := state.Get(-1).(*lua.LTable)
	if !isTable {
		return "", "", fmt.Errorf("the check gives %s", state.Get(-1).Type())
	}
	return state.GetField(answer, "status").String(), state.GetField(answer, "message").String(), nil
}

// toLua gives a value of JSON as Lua has it.
func toLua(state *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, field := range v {
			table.RawSetString(key, toLua(state, field))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, element := range v {
			table.Append(toLua(state, element))
		}
		return table
	case string:
		return lua.LString(v)
	case bool:
		return lua.LBool(v)
	case int64:
		return lua.LNumber(v)
	case float64:
		return lua.LNumber(v)
	default:
		return lua.LNil
	}
}

// Kstatus is what `kubectl wait`, Flux and others that go by kstatus see of an object.
func (h *Harness) Kstatus(object runtime.Object) kstatus.Status {
	h.Helper()
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		h.Fatal(err)
	}
	seen, err := kstatus.Compute(&unstructured.Unstructured{Object: fields})
	if err != nil {
		h.Fatal(err)
	}
	return seen.Status
}

// checkHealth holds what Argo CD shows of an object against kstatus, by which Flux and `kubectl wait` go: they agree, but that what waits for a
// person is Suspended, and that a deletion which somebody has to help is Degraded.
func (h *Harness) checkHealth(object interface {
	runtime.Object
	GetAnnotations() map[string]string
}) {
	h.Helper()
	seen := h.Kstatus(object)
	health, message, err := Health(object)
	if err != nil {
		h.Fatal(err)
	}
	agreed := map[kstatus.Status]string{
		kstatus.CurrentStatus: "Healthy", kstatus.FailedStatus: "Degraded", kstatus.InProgressStatus: "Progressing", kstatus.TerminatingStatus: "Progressing",
	}[seen]
	if seen == kstatus.TerminatingStatus && health == "Degraded" {
		return
	}
	_, paused := object.GetAnnotations()[v1alpha1.AnnotationPaused]
	if health != agreed && (health != "Suspended" || seen == kstatus.CurrentStatus && !paused) {
		h.Errorf("Argo CD shows %s (%s), kstatus %s", health, message, seen)
	}
}
