package regapitest

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// renewalNotice is how long before its end a domain counts as one to renew; the documentation does not say.
const renewalNotice = 60 * 24 * time.Hour

// statistics are the counts of user/get_statistics, by name (5.3).
type statistics map[string]int64

// answerStatistics counts domains and folders. The costs and registrations of a period are told when a date is given: the example, which has
// none, lacks them. Likewise domains on their way here are told only when there are some.
func answerStatistics(c *call) (map[string]any, *refusal.Error) {
	from, err := c.date("date_from")
	if err != nil {
		return nil, err
	}
	till, err := c.date("date_till")
	if err != nil {
		return nil, err
	}
	counts := c.countDomains()
	if c.test {
		counts = exampleStatistics()
	}
	answer := map[string]any{}
	for name, count := range counts {
		answer[name] = textNumeral(count)
	}
	if from != "" || till != "" {
		within := func(date string) bool { return date >= from && (till == "" || date <= till) }
		answer["costs_for_period"], answer["reg_domains_cnt"] = amount(c.costs(within)), textNumeral(c.registrations(within))
	}
	return answer, nil
}

// date reads a date of a request, which may be absent. Error: PARAMETER_INCORRECT.
func (c *call) date(name string) (string, *refusal.Error) {
	text := c.params.Text(name)
	if text == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", refusal.Incorrect(name)
	}
	return text, nil
}

// countDomains counts what the account has, and of it what it has partial control of alone.
func (c *call) countDomains() statistics {
	counts := statistics{
		"active_domains_cnt": 0, "active_domains_get_ctrl_cnt": 0, "renew_domains_cnt": 0, "renew_domains_get_ctrl_cnt": 0,
		"undelegated_domains_cnt": 0, "domain_folders_cnt": int64(len(c.srv.state.foldersOf(c.account.Login))),
	}
	for _, s := range c.srv.state.services(c.account.Login) {
		if s.domain == nil || !s.listed() {
			continue
		}
		if p := s.domain.process; p != nil && p.transfer && !p.done {
			counts["trans_in_domains_cnt"]++
		}
		controlled := int64(bit(s.owner != c.account.Login))
		if s.State == stateActive {
			counts["active_domains_cnt"]++
			counts["active_domains_get_ctrl_cnt"] += controlled
		}
		if s.State != stateInactive && s.expiry().Before(c.now.Add(renewalNotice)) {
			counts["renew_domains_cnt"]++
			counts["renew_domains_get_ctrl_cnt"] += controlled
		}
		counts["undelegated_domains_cnt"] += int64(bit(s.domain.Undelegated))
	}
	return counts
}

// costs are the bills that were paid on days that fit.
func (c *call) costs(within func(date string) bool) int64 {
	sum := int64(0)
	for _, b := range c.srv.state.billsOf[c.account.Login] {
		if b.payed != "" && within(b.payed) {
			sum += b.amount
		}
	}
	return sum
}

func (c *call) registrations(within func(date string) bool) int64 {
	count := int64(0)
	for _, s := range c.srv.state.services(c.account.Login) {
		count += int64(bit(s.domain != nil && s.State != stateInactive && within(s.Created)))
	}
	return count
}

func exampleStatistics() statistics {
	return statistics{
		"active_domains_cnt": 5, "active_domains_get_ctrl_cnt": 3, "domain_folders_cnt": 2, "renew_domains_cnt": 4,
		"renew_domains_get_ctrl_cnt": 1, "undelegated_domains_cnt": 6,
	}
}
