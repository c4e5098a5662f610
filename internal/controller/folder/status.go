package folder

import (
	"reflect"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/pause"
)

// pollMissing is how often a folder that is only looked at is looked for. Nothing else tells that somebody has made it.
const pollMissing = 6 * time.Hour

// outcome turns what the phases found into the status. What they could not find out stays as it was seen last.
func (s *scope) outcome(err error) outcome.Outcome {
	if s.read {
		s.showFolder()
	}
	o := s.outcomeOfSync(err)
	settled := s.synced && err == nil
	if s.folder.Status.Settled = ""; settled {
		s.folder.Status.Settled = s.print
	}
	s.showReading()
	return o
}

func (s *scope) outcomeOfSync(err error) outcome.Outcome {
	switch {
	case err != nil:
		return outcome.Of(err)
	case s.held != nil:
		o := s.held.outcome()
		if s.id == 0 {
			o.After = pause.Jittered(pollMissing)
		}
		return o
	case len(s.refused) > 0:
		o := outcome.Stalled(v1alpha1.ReasonMembersRefused, s.refusalMessage())
		o.After = s.retryIn
		return o
	default:
		return outcome.Succeeded("the folder holds every member of the spec")
	}
}

// showFolder shows what was read.
func (s *scope) showFolder() {
	status, held := &s.folder.Status, s.heldServices()
	missing := folder.Missing(s.wanted, held)
	status.Services = int32(len(held))
	status.Missing = int32(len(missing)) + s.unusable()
	status.Members = s.members() - status.Missing
	slices.SortFunc(s.refused, func(a, b v1alpha1.RefusedMember) int { return strings.Compare(a.Member, b.Member) })
	status.Refused = s.refused[:min(len(s.refused), maxRefused)]
}

// members is how many members were declared and selected, each once.
func (s *scope) members() int32 { return int32(len(folder.Missing(s.wanted, nil))) + s.unusable() }

// unusable is how many of them can be no member.
func (s *scope) unusable() int32 {
	var count int32
	for _, refusal := range s.refused {
		switch refusal.Reason {
		case reasonInvalidName, reasonOtherAccount, reasonNotAllowed:
			count++
		}
	}
	return count
}

// showReading says when the folder was read, if the reading showed something: a time alone is not worth a write.
func (s *scope) showReading() {
	if s.reading == nil || s.reading.At.IsZero() {
		return
	}
	before, after := s.before.Status.DeepCopy(), s.folder.Status.DeepCopy()
	before.ReadAt, after.ReadAt = nil, nil
	if !reflect.DeepEqual(before, after) {
		s.folder.Status.ReadAt = &metav1.Time{Time: s.reading.At}
	}
}
