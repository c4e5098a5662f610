package batch

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// removal takes away a text that texts or txt has added.
func removal(name, text string) regapi.Action {
	return regapi.RemoveRecord{Subdomain: name, RecordType: "TXT", Content: text}
}

func TestARemovalIsGivenUpWhenWhatItMakesRoomForIsRefused(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		inZones(t, capability, 1, func(t *testing.T, account *testAccount) {
			domain := zoneName(0)
			if _, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("old", "x")}); err != nil {
				t.Fatal(err)
			}
			results, err := account.Write(with(traffic.Change), domain,
				[]regapi.Action{badAction("new"), txt("other", "y"), removal("old", "x")}, nil, nil, []int{0})
			if err != nil || results[0] == nil || results[1] != nil || results[2] == nil {
				t.Fatalf("%s: %v, %v", capability, results, err)
			}
			if !account.holds(domain, "old", "x") || !account.holds(domain, "other", "y") {
				t.Errorf("%s: the zone holds %v", capability, account.simulator.Records(domain))
			}
		})
	}
}

func TestARemovalGoesOnceOneOfItsNeedsHasComeAbout(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		inZones(t, capability, 1, func(t *testing.T, account *testAccount) {
			domain := zoneName(0)
			if _, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("old", "x")}); err != nil {
				t.Fatal(err)
			}
			before := account.writes()
			results, err := account.Write(with(traffic.Change), domain,
				[]regapi.Action{badAction("new"), txt("other", "y"), removal("old", "x")}, nil, nil, []int{0, 1})
			if err != nil || results[0] == nil || results[1] != nil || results[2] != nil {
				t.Fatalf("%s: %v, %v", capability, results, err)
			}
			if account.holds(domain, "old", "x") {
				t.Errorf("%s: the zone holds %v", capability, account.simulator.Records(domain))
			}
			if writes := account.writes() - before; writes > 3 {
				t.Errorf("%s: %d writes for three actions", capability, writes)
			}
		})
	}
}

func TestARemovalWithItsNeedsTakesNoRequestOfItsOwn(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		domain := zoneName(0)
		if _, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("old", "x")}); err != nil {
			t.Fatal(err)
		}
		before := account.writes()
		if _, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("new", "y"), removal("old", "x")}, nil, []int{0}); err != nil {
			t.Fatal(err)
		}
		if writes := account.writes() - before; writes != 1 {
			t.Errorf("%d writes", writes)
		}
	})
}

func TestARemovalWhoseNeedTheClientRefusesIsNotSent(t *testing.T) {
	inZones(t, Ordinary, 1, func(t *testing.T, account *testAccount) {
		results, err := account.Write(with(traffic.Change), zoneName(0), []regapi.Action{regapi.AddAlias{Subdomain: "new"}, removal("old", "x")}, nil, []int{0})
		if err != nil || results[0] == nil || results[1] == nil || account.writes() != 0 {
			t.Errorf("%v, %v after %d writes", results, err, account.writes())
		}
	})
}
