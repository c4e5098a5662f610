package account

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Halt is what somebody has said that keeps all changes for an object from being made, whatever its spec asks for.
type Halt struct {
	// Reason is that of a condition.
	Reason string
	// Cause begins a sentence: it "keeps the domain from being renewed".
	Cause string
	// Remedy ends one: "the changes wait: take the annotation off".
	Remedy string
}

var (
	paused = Halt{
		Reason: v1alpha1.ReasonPaused,
		Cause:  "the annotation " + v1alpha1.AnnotationPaused,
		Remedy: "take the annotation " + v1alpha1.AnnotationPaused + " off",
	}
	readOnly = Halt{
		Reason: v1alpha1.ReasonReadOnly,
		Cause:  "--read-only of the operator",
		Remedy: "the operator runs with --read-only, and writes nothing until it is started without",
	}
)

// Halt says what keeps an object from being changed at the registrar; nil if nothing does. It is asked before something is planned, so
// that people are told; that nothing is sent under --read-only is seen to by every client (see newClient).
func (d *Directory) Halt(object metav1.Object) *Halt {
	switch {
	case d.settings.ReadOnly:
		return &readOnly
	case v1alpha1.IsPaused(object):
		return &paused
	default:
		return nil
	}
}

// ReadOnly says whether nothing is written at all.
func (d *Directory) ReadOnly() bool { return d.settings.ReadOnly }

// guarded puts what refuses to write, where that is asked for, before all other middlewares.
func (d *Directory) guarded(middlewares []regapi.Middleware) []regapi.Middleware {
	return slices.Concat([]regapi.Middleware{traffic.ReadOnly(d.settings.ReadOnly)}, middlewares)
}

// fence is what keeps a process that leads no more from writing.
func (d *Directory) fence() []regapi.Middleware {
	if d.settings.Leads == nil {
		return nil
	}
	return []regapi.Middleware{traffic.Fence(d.settings.Leads)}
}
