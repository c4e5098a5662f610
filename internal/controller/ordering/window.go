package ordering

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// LastDay is the last day on which a zone lets a domain be renewed (8.27). Of a zone whose rules nobody knows it is the last paid one.
func LastDay(expiry time.Time, zone regapi.TLDInfo) time.Time {
	return expiry.AddDate(0, 0, max(zone.RenewGracePeriodAfterExpdate, 0))
}
