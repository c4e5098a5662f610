package dnszone

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Reasons of refused records that are the operator's own words; every other is an error code of REG.API.
const (
	reasonInvalidRecord = "InvalidRecord"
	reasonBlockedRecord = "BlockedByOtherRecord"
	reasonNotApplied    = "NotApplied"
	// soaRecord stands for the lifetimes of the zone among the refused records.
	soaRecord = "@ SOA"
)

func (s *scope) refuse(record, reason, message string) {
	s.refused = append(s.refused, v1alpha1.RefusedRecord{Record: record, Reason: reason, Message: text.Shorten(message, status.MaxMessage)})
}

// refuseBlocked lists what is not added as things stand, and what answers together with somebody else's.
func (s *scope) refuseBlocked() {
	s.yield()
	for _, b := range append(s.planned.Blocked, s.planned.Beside...) {
		reason := reasonBlockedRecord
		if b.Contested() {
			reason = v1alpha1.ReasonContested
		}
		s.refuse(b.Record.String(), reason, b.Reason())
	}
	remembered := s.rememberedRefusals()
	for _, record := range s.declared.Missing {
		if refusal, ok := remembered[record.String()]; ok && !s.current.Has(record) {
			s.refused = append(s.refused, refusal)
		}
	}
}

// rememberedRefusals gives what REG.API refused of this very spec. Asking again would spend requests on the same answer,
// and repeated refusals may block the account.
func (s *scope) rememberedRefusals() map[string]v1alpha1.RefusedRecord {
	remembered := map[string]v1alpha1.RefusedRecord{}
	for _, refusal := range s.zone.Status.Refused {
		if dependsOnSpecAlone(refusal.Reason) {
			remembered[refusal.Record] = refusal
		}
	}
	return remembered
}

// dependsOnSpecAlone says whether a refusal holds until the spec changes. What another record caused may pass without.
func dependsOnSpecAlone(reason string) bool {
	switch regapi.ErrorCode(reason) {
	case reasonInvalidRecord, reasonBlockedRecord, v1alpha1.ReasonContested, regapi.CodeConflictCNAME, regapi.CodeCNAMEAndOtherData:
		return false
	default:
		return true
	}
}

// maxSOATries is how often lifetimes are set that REG.API reports as set and does not show.
const maxSOATries = 3

// sortFailures lists what was refused for good among the refused records, and gives an error for what may pass.
func (s *scope) sortFailures(result zone.Result) error {
	var passing []string
	for _, failure := range result.Failures {
		soa := failure.Change == (zone.Change{})
		switch {
		case failure.GivenUp() && !s.hasRoom(failure, result.Zone):
		case soa && errors.Is(failure.Err, zone.ErrNotApplied) && s.zone.Status.SOATries+1 >= maxSOATries:
			s.refuse(soaRecord, reasonNotApplied, "REG.API reports the lifetimes as set, and the zone does not show them: set them in the registrar's panel, or take soa out of the spec")
		case failure.Final(), regapi.IsConflict(failure.Err): // The latter is not remembered, and so is tried at the next look.
			s.refuseByAPI(failure, soa)
		default:
			passing = append(passing, failure.String())
			if soa {
				s.zone.Status.SOATries++
			}
		}
	}
	switch err := fmt.Errorf("changes did not come about and are tried again: %s", listOf(passing)); {
	case len(passing) == 0:
		return nil
	case len(s.made) > 0:
		return outcome.Progress(err).Err()
	default:
		return err
	}
}

// hasRoom says whether a removal that was given up has what takes its place after all.
func (s *scope) hasRoom(failure zone.Failure, current zone.Snapshot) bool {
	return slices.ContainsFunc(s.planned.Needs[failure.Change.Record], current.Has)
}

func (s *scope) refuseByAPI(failure zone.Failure, soa bool) {
	var refusal *regapi.Error
	errors.As(failure.Err, &refusal) // Only REG.API's own refusals have a class.
	record := failure.Change.Record.String()
	if soa {
		record = soaRecord
	}
	message := outcome.Message(failure.Err)
	if limit := failure.Change.Record; limit.Type == zone.MX && limit.Priority > documentedPriority {
		message += fmt.Sprintf(" REG.API documents priorities of 0 to %d (9.7); the old mail servers stay until the spec changes.", documentedPriority)
	}
	s.refuse(record, string(refusal.Code), message)
}

// documentedPriority is the highest priority of a mail server that REG.API documents (9.7).
const documentedPriority = 10

// listOf joins the first few of many.
func listOf(items []string) string {
	const shown = 3
	if len(items) <= shown {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:shown], "; "), len(items)-shown)
}
