package regapi

import (
	"encoding/json"
	"fmt"
)

// What an answer to a call that costs money tells is read member by member: an odd one among them, or a list that is not there, must not hide the
// number of the bill.

// money returns a member that is an amount; [Money] says what becomes of anything else.
func (o object) money(name string) Money {
	var amount Money
	if !o.holds(name) || amount.UnmarshalJSON(o[name]) != nil {
		return ""
	}
	return amount
}

// price is the price of what was ordered. One that is not told is not known: the empty amount is nothing to pay.
func (o object) price() Money {
	if !o.holds("payment") {
		return MoneyUnknown
	}
	return o.money("payment")
}

// beside is what a refusal answers all the same; nil where that is nothing.
func beside(answer *Answer) object {
	if answer == nil {
		return nil
	}
	payload, _ := decodeObject(answer.Payload)
	return payload
}

// oddAmount is the error of an answer whose amounts are not all known: what was paid cannot be told from it.
func (o object) oddAmount() error {
	for _, name := range []string{"payment", "total_payment", "withdrawed_amount", "returned_amount"} {
		if !o.money(name).Known() {
			return fmt.Errorf("%s is no amount", name)
		}
	}
	return nil
}

// order is what the answer to an order of domains tells beside its list.
func (o object) order() Order {
	if o == nil {
		return Order{}
	}
	return Order{
		BillID: parseID(o.text("bill_id")), Payment: o.price(), PayType: PayType(o.text("pay_type")), PayNotes: o.text("pay_notes"),
	}
}

// ordered returns the only element of an order whose answer has no list: clients in production have seen service_id at its top.
func (l listCall) ordered(payload object) (json.RawMessage, bool) {
	if len(l.refs) != 1 || parseID(payload.text("service_id")) == 0 || payload.complains() {
		return nil, false
	}
	element := object{"result": json.RawMessage(`"` + resultSuccess + `"`)}
	for _, name := range []string{"service_id", "dname"} {
		if payload.holds(name) {
			element[name] = payload[name]
		}
	}
	raw, err := json.Marshal(element)
	return raw, err == nil
}

// paying is requiring for calls that cost money: where the answer is not as documented, understand is told what it holds all the same.
func paying(member string, answer any, understand func(object)) *paidAnswer {
	return &paidAnswer{requirement{member: member, answer: answer}, understand}
}

type paidAnswer struct {
	requirement
	understand func(object)
}

// UnmarshalJSON fails as a requirement does.
func (p *paidAnswer) UnmarshalJSON(raw []byte) error {
	err := p.requirement.UnmarshalJSON(raw)
	payload, ok := decodeObject(raw)
	if err == nil {
		err = payload.oddAmount()
	}
	if err != nil && ok {
		p.understand(payload)
	}
	return err
}

// MayBeOurs reports whether a refusal of an order can mean that an earlier order of the caller's own came about, whose answer was lost: then the
// caller has to look, by user_servid, before it takes the order for refused.
func MayBeOurs(err error) bool {
	return HasCode(err, CodeUserServIDIsNotUnique, CodeDomainOrderLocked, CodeDoubleOrder, CodeDomainAlreadyOrdered, CodeDomainAlreadyExists,
		CodeServiceAlreadyExists, CodeOrderAlreadyPayed)
}
