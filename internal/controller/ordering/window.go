package ordering

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Window is until when a zone takes a domain's money (8.27).
type Window struct {
	// Renewal is the last day on which it can be renewed, and Restoration the last one on which it can be restored after that; the same day
	// where the zone restores nothing.
	Renewal, Restoration time.Time
	// known says that the zone's rules are.
	known bool
}

// WindowOf gives the window of a domain with a last paid day. Of a zone whose rules nobody knows both are that day.
func WindowOf(expiry time.Time, zone regapi.TLDInfo) Window {
	last := expiry.AddDate(0, 0, max(zone.RenewGracePeriodAfterExpdate, 0))
	return Window{last, last.AddDate(0, 0, max(zone.RestorationGracePeriod, 0)), zone.TLD != ""}
}

// Renews says whether a domain can be renewed at a moment, as far as anybody knows.
func (w Window) Renews(now time.Time) bool { return !w.known || now.Before(w.Renewal.AddDate(0, 0, 1)) }

// Restores says whether a domain can no longer be renewed, and can be restored.
func (w Window) Restores(now time.Time) bool {
	return !w.Renews(now) && now.Before(w.Restoration.AddDate(0, 0, 1))
}
