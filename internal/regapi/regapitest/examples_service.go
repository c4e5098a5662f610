package regapitest

// The numbers that single examples of section 7 have.
const (
	exampleMailedID   = 111
	exampleReadOnlyID = 654321
	exampleRefill     = 36_88
)

// dressForDetails gives the test user's domains the contacts of the example; the description differs by what is asked for (7.10).
func dressForDetails(c *call, e *element) {
	if e.domain == nil {
		return
	}
	if !e.domain.national() {
		e.domain.Contacts = map[string]string{
			"o_email": "test@test.ru", "o_addr": "Vschizh Goverment, house 1, Knyazheska str", "o_phone": "+7.4951234567", "o_state": "VSZ",
			"o_postcode": "12345", "o_city": "Vschizh", "o_first_name": "Svyatoslav", "o_last_name": "Ryurik", "o_company": "Vschizh City",
			"o_country_code": "RU", "o_fax": "+7.4951234567",
		}
		return
	}
	e.domain.PrivatePerson = true
	e.domain.Contacts = map[string]string{
		"country": "RU", "e_mail": "test@test.ru", "person_r": "Рюрик Святослав Владимирович", "phone": "+7 495 1234567",
		"birth_date": "01.01.1101", "descr": "test contacts", "person": "Svyatoslav V Ryurik",
		"p_addr":   "12345, г. Вщиж, ул. Княжеска, д.1, Рюрику Святославу Владимировичу, князю Вщижскому",
		"passport": "22 44 668800, выдан по месту правления 01.09.1164",
	}
	if c.flag("separate_groups") || c.flag("show_contacts_only") {
		e.domain.Contacts["descr"] = "test user domain"
	}
}
