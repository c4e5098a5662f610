package ordering

import (
	"fmt"
	"testing"
	"time"
)

func TestRenewalsAreSpreadOverADayByClusterAndDomain(t *testing.T) {
	here, there := &Desk{cluster: "0d1f"}, &Desk{cluster: "77aa"}
	hours := map[int]int{}
	for i := range 500 {
		name := fmt.Sprintf("d%d.ru", i)
		moment, err := here.Spread(t.Context(), name)
		again, _ := here.Spread(t.Context(), name)
		other, _ := there.Spread(t.Context(), name)
		if err != nil || moment != again || moment == other || moment < 0 || moment >= 24*time.Hour {
			t.Fatalf("%s: %s, then %s, in another cluster %s, %v", name, moment, again, other, err)
		}
		hours[int(moment.Hours())]++
	}
	for hour := range 24 {
		if hours[hour] == 0 || hours[hour] > 50 {
			t.Errorf("%d of 500 in hour %d", hours[hour], hour)
		}
	}
}
