package regapi

// order makes an unpaid bill for the renewal of example.ru.
func (m *market) order() Renewal {
	m.Helper()
	return of(m.seller.Service.Renew(m.Context(), 1, Payment{PayType: PayBank}, exampleRu)).must(m)
}

// bill is the only bill with an outcome.
func (m *market) bill(results []BillResult, err error) BillResult {
	m.Helper()
	if err != nil || len(results) != 1 {
		m.Fatalf("%v, %v", results, err)
	}
	return results[0]
}

var billRoundTrips = map[string]func(*market){
	"paying a bill from the balance carries out its order": func(m *market) {
		order := m.order()
		equal(m, "status", order.Status, OnlyBillCreated)
		equal(m, "expiry", m.info(exampleRu).ExpirationDate, NewDate(2027, 1, 1))
		equal(m, "payment", m.bill(m.seller.Bill.Nop(m.Context(), order.BillID)).PayStatus, BillNotPayed)
		payments := of(m.seller.Bill.ChangePayType(m.Context(), PayPrepay, "RUR", order.BillID)).must(m)
		m.ok(payments[0].Err)
		equal(m, "former way to pay", payments[0].OldPayType, PayBank)
		equal(m, "payment", m.bill(m.seller.Bill.Nop(m.Context(), order.BillID)).PayStatus, BillPayed)
		equal(m, "expiry", m.info(exampleRu).ExpirationDate, NewDate(2028, 1, 1))
		if m.balance().Cmp("10000") >= 0 {
			m.Errorf("balance %s", m.balance())
		}
		again := of(m.seller.Bill.ChangePayType(m.Context(), PayPrepay, "RUR", order.BillID)).must(m)
		if !HasCode(again[0].Err, CodeOrderAlreadyPayed) {
			m.Errorf("paying twice: %v", again[0].Err)
		}
	},
	"a deleted bill is gone, a paid one stays": func(m *market) {
		unpaid := m.order().BillID
		paid := of(m.seller.Service.Renew(m.Context(), 1, Payment{}, exampleCom)).must(m).BillID
		results := of(m.seller.Bill.Delete(m.Context(), unpaid, paid, 999999)).must(m)
		m.ok(results[0].Err)
		if !HasCode(results[1].Err, CodeBillCanNotRemoved) || results[1].PayStatus != BillPayed || !IsNotFound(results[2].Err) {
			m.Errorf("%+v", results)
		}
		equal(m, "unpaid bills", len(of(m.seller.Bill.GetNotPayed(m.Context(), Page{})).must(m)), 0)
		m.ok(m.bill(m.seller.Bill.Delete(m.Context(), m.order().BillID)).Err)
	},
	"bills are listed by page and by period": func(m *market) {
		first := m.order().BillID
		second := of(m.seller.Service.Renew(m.Context(), 1, Payment{PayType: PayBank}, exampleCom)).must(m).BillID
		page := of(m.seller.Bill.GetNotPayed(m.Context(), Page{Limit: 1, Offset: 1})).must(m)
		if len(page) != 1 || (page[0].BillID != first && page[0].BillID != second) {
			m.Errorf("page: %+v", page)
		}
		today := NewDate(2026, 11, 23)
		all := of(m.seller.Bill.GetForPeriod(m.Context(), BillPeriod{Start: today, End: today, PayType: PayBank})).must(m)
		none := of(m.seller.Bill.GetForPeriod(m.Context(), BillPeriod{Start: today, End: today, PayType: PayPrepay})).must(m)
		equal(m, "bills of today", len(all), 2)
		equal(m, "paid from the balance", len(none), 0)
		equal(m, "date", all[0].BillDate, today)
		equal(m, "domain", all[0].Items[0].ServType, ServTypeDomain)
	},
}
