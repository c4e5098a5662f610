package regapitest

import "fmt"

// deeds are what an account does now and then with what it has: it rests domains and wakes them, gives them away, takes what is offered, takes back
// transfers, and orders or renews several at once.
func (y *year) deeds(login string) {
	y.t.Helper()
	name := fmt.Sprintf("d%d.%s", y.chance.IntN(yearDomains), y.zone())
	switch y.chance.IntN(8) {
	case 0:
		y.ask(login, "service/suspend", map[string]any{"dname": name})
	case 1:
		y.ask(login, "service/resume", map[string]any{"dname": name})
	case 2, 3:
		y.giveAway(login)
	case 4:
		y.takeOffers(login)
	case 5:
		y.ask(login, "domain/cancel_transfer", map[string]any{"dname": fmt.Sprintf("t%d.ru", y.chance.IntN(60))})
	case 6:
		names := []any{}
		for range 3 {
			names = append(names, map[string]any{"dname": fmt.Sprintf("n%d.ru", y.chance.IntN(200))})
		}
		y.order(login, "domain/create", "", map[string]any{"domains": names, "user_servid": ""})
	case 7:
		y.renewTogether(login)
	}
}

// some are the domains of an account that the chance picks, three at most.
func (y *year) some(login string) []any {
	y.t.Helper()
	listed, _ := y.ask(login, "service/get_list", map[string]any{}).Answer["services"].([]any)
	chosen := []any{}
	for range min(3, len(listed)) {
		s := listed[y.chance.IntN(len(listed))].(map[string]any)
		chosen = append(chosen, map[string]any{"service_id": s["service_id"]})
	}
	return chosen
}

func (y *year) giveAway(login string) {
	y.t.Helper()
	y.ask(login, "domain/transfer_to_another_account", map[string]any{
		"domains": y.some(login), "new_user_name": owner(y.chance.IntN(yearAccounts)),
	})
}

func (y *year) takeOffers(login string) {
	y.t.Helper()
	offers, _ := y.ask(login, "domain/look_at_entering_list", map[string]any{}).Answer["messages"].([]any)
	for _, item := range offers {
		y.ask(login, "domain/accept_or_refuse_entering_list", map[string]any{
			"id": item.(map[string]any)["id"], "action_type": y.pick("accept", "accept", "refuse"),
		})
	}
}

// renewTogether renews domains with one bill, one of them perhaps twice.
func (y *year) renewTogether(login string) {
	y.t.Helper()
	y.ask(login, "service/renew", map[string]any{"services": y.some(login), "period": 1, "pay_type": y.pick("prepay", "bank")})
}
