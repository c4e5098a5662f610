package budget

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bookTime is a moment in the middle of a slot.
var bookTime = time.Unix(1_800_000_030, 0)

func TestFullBookIsSmallAndReadsBackAsItWas(t *testing.T) {
	full := book{spent: slots{}, frozenUntil: bookTime.Add(time.Hour), pause: time.Hour}
	for at := slotOf(bookTime) - 60; at <= slotOf(bookTime.Add(blockLifetime)); at++ {
		full.spent[at] = maxRequests
	}
	for i := range maxReservations {
		full.reserved = append(full.reserved, reservation{
			holder: fmt.Sprintf("%026d", i), sequence: 1 << 40, requests: maxBlock, until: bookTime.Add(blockLifetime),
		})
	}
	data, err := full.encode()
	if err != nil || len(data) >= 2<<10 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	again, err := decodeBook(data)
	if err != nil {
		t.Fatal(err)
	}
	again.normalize(bookTime, bookTime)
	if diff := cmp.Diff(full, again, cmp.AllowUnexported(book{}, reservation{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMalformedLedgersAreToldApart(t *testing.T) {
	for _, malformed := range []string{
		"null", "{}", "[]", "<html>", `{"format":0}`, `{"format":"1"}`, `{"format":1,"spent":[-1]}`, `{"format":1,"spent":[1.5]}`,
		`{"format":1,"spent":[1000001]}`, `{"format":1,"from":-1,"spent":[1]}`, `{"format":1,"from":9223372036854775807,"spent":[1]}`,
		`{"format":1,"spent":[` + strings.Repeat("1,", maxLedgerSlots) + `1]}`, `{"format":1,"frozenUntil":-1}`, `{"format":1,"pauseSeconds":1e18}`,
		`{"format":1,"reserved":[{"holder":"","sequence":1,"requests":1,"until":1}]}`, `{"format":1,"reserved":[{"holder":"x","sequence":0,"requests":1,"until":1}]}`,
		`{"format":1,"reserved":[{"holder":"x","sequence":1,"requests":-1,"until":1}]}`, `{"format":1} {}`, `{"format":1,"x":"` + strings.Repeat("x", maxLedgerBytes) + `"}`,
	} {
		if _, err := decodeBook([]byte(malformed)); err == nil {
			t.Errorf("%.80s: accepted", malformed)
		}
	}
	for _, sound := range []string{"", `{"format":1}`, `{"format":7,"from":5,"spent":[0,1],"more":{}}`} {
		if _, err := decodeBook([]byte(sound)); err != nil {
			t.Errorf("%s: %v", sound, err)
		}
	}
}

func FuzzLedger(f *testing.F) {
	now := slotOf(bookTime)
	for _, seed := range []string{
		"", "{}", `{"format":1}`, `{"format":1,"from":1,"spent":[1]}`, fmt.Sprintf(`{"format":1,"from":%d,"spent":[1,2,3,1000000]}`, now-2),
		fmt.Sprintf(`{"format":1,"from":%d,"spent":[7]}`, now+10_000), `{"format":1,"frozenUntil":1099511627776,"pauseSeconds":7}`,
		fmt.Sprintf(`{"format":1,"reserved":[{"holder":"a","sequence":1,"requests":64,"until":%d},{"holder":"a","sequence":2,"requests":9,"until":1}]}`, bookTime.Unix()+100),
		`{"format":1,"spent":null,"reserved":[{}]}`, `{"Format":1,"format":0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := decodeBook(data)
		if err != nil {
			return
		}
		before := read.counted().total(bookTime)
		read.normalize(bookTime, bookTime)
		if after := read.counted().total(bookTime); after > before || after < 0 {
			t.Fatalf("%d requests count where %d did", after, before)
		}
		later := bookTime.Add(budgetWindow + blockLifetime + slotLength)
		if left := read.counted().total(later); left != 0 {
			t.Fatalf("%d requests still count", left)
		}
		if read.frozenUntil.After(bookTime.Add(maxFreeze)) || read.pause > maxFreeze {
			t.Fatalf("frozen until %s, pause %s", read.frozenUntil, read.pause)
		}
		counted := read.counted().total(bookTime)
		if read.fold(); read.counted().total(bookTime) != counted || len(read.reserved) >= maxReservations {
			t.Fatalf("folding leaves %d of %d requests in %d reservations", read.counted().total(bookTime), counted, len(read.reserved))
		}
		written, err := read.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeBook(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		again.normalize(bookTime, bookTime)
		if total := again.counted().total(bookTime); min(total, maxRequests) != min(counted, maxRequests) {
			t.Fatalf("%s counts %d instead of %d", written, total, counted)
		}
	})
}
