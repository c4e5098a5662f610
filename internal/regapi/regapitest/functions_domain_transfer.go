package regapitest

import (
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// answerTransferStatus names the domain in Unicode, as the example does (8.9).
func answerTransferStatus(c *call, e *element) (map[string]any, *refusal.Error) {
	var status string
	switch {
	case c.test:
		status = exampleTransferStatus(e.domain.Name)
	case e.domain.process == nil || !e.domain.process.transfer:
		return nil, refusal.New("NOT_A_TRANSFER_ORDER")
	default:
		status = c.srv.state.shownTransferStatus(e.domain, c.now)
	}
	answer := c.succeeded(e)
	answer["dname"], answer["status"] = dnszone.UnicodeName(e.domain.Name), status
	return answer, nil
}

// openTransfer returns a domain's transfer as long as the registry is not at work on it.
func (c *call) openTransfer(d *domain) (*process, *refusal.Error) {
	p := d.process
	switch {
	case p == nil || !p.transfer || p.done:
		return nil, refusal.New("NOT_A_TRANSFER_ORDER")
	case p.underWay(c.now):
		return nil, refusal.New("WAITING")
	}
	return p, nil
}

// setNewAuthInfo corrects the key of a transfer as long as the registry does not have it, or has refused it (8.10).
func setNewAuthInfo(c *call, e *element) (map[string]any, *refusal.Error) {
	key := e.Text("authinfo")
	if err := checkAuthInfo(key, tldOf(e.domain.Name), maxNewAuthInfo); err != nil {
		return nil, err
	}
	answer := c.named(e)
	if !e.single {
		answer["result"] = "success"
	}
	if c.test {
		return answer, nil
	}
	p, err := c.openTransfer(e.domain)
	if err != nil {
		return nil, err
	}
	p.authInfo = key
	c.touch()
	c.srv.state.settle(c.now)
	return answer, nil
}

// cancelTransfer is in the list of functions (3.3) and documented no further: it takes a transfer back before the registry has it.
func cancelTransfer(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := c.named(e)
	if c.test {
		return answer, nil
	}
	if _, err := c.openTransfer(e.domain); err != nil {
		return nil, err
	}
	c.srv.state.takeBack(e.domain)
	c.touch()
	return answer, nil
}
