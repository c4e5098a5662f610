package dnszone

import (
	"errors"
	"fmt"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Reasons of refused records that are the operator's own words; every other is an error code of REG.API.
const (
	reasonInvalidRecord = "InvalidRecord"
	reasonBlockedRecord = "BlockedByOtherRecord"
	// soaRecord stands for the lifetimes of the zone among the refused records.
	soaRecord = "@ SOA"
)

func (s *scope) refuse(record, reason, message string) {
	s.refused = append(s.refused, v1alpha1.RefusedRecord{Record: record, Reason: reason, Message: status.Shorten(message, status.MaxMessage)})
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
	case reasonInvalidRecord, reasonBlockedRecord, regapi.CodeConflictCNAME, regapi.CodeCNAMEAndOtherData:
		return false
	default:
		return true
	}
}

// sortFailures lists what was refused for good among the refused records, and gives an error for what may pass.
func (s *scope) sortFailures(failures []zone.Failure) error {
	var passing []string
	for _, failure := range failures {
		if !failure.Final() {
			passing = append(passing, failure.String())
			continue
		}
		var refusal *regapi.Error
		errors.As(failure.Err, &refusal) // Only REG.API's own refusals are final.
		record := failure.Change.Record.String()
		if failure.Change == (zone.Change{}) {
			record = soaRecord
		}
		s.refuse(record, string(refusal.Code), outcome.Message(failure.Err))
	}
	if len(passing) == 0 {
		return nil
	}
	return fmt.Errorf("changes did not come about and are tried again: %s", listOf(passing))
}

// listOf joins the first few of many.
func listOf(items []string) string {
	const shown = 3
	if len(items) <= shown {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:shown], "; "), len(items)-shown)
}
