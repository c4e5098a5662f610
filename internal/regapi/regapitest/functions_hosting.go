package regapitest

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func hostingHandlers() map[string]handler {
	return map[string]handler{
		"hosting/nop": {call: answerNothing},
		// It is in the list of functions (3.3) and documented no further.
		"hosting/get_os_templates":                 {call: answerNothing},
		"hosting/get_jelastic_refill_url":          {call: answerRefillURL},
		"hosting/set_jelastic_refill_url":          {call: setRefillURL},
		"hosting/get_parallelswpb_constructor_url": {call: answerConstructorURL},
		"hosting/get_rs_themes":                    {call: answerThemes},
	}
}

// exampleURL is that of the examples of section 11 of the older edition.
const exampleURL = "https://test1.ru"

// answerRefillURL tells where the users of Jelastic pay (11.2 of the older edition).
func answerRefillURL(c *call) (map[string]any, *refusal.Error) {
	if c.test {
		return map[string]any{"url": exampleURL}, nil
	}
	return map[string]any{"url": c.account.jelasticURL}, nil
}

// setRefillURL takes an address in which words in angle brackets stand for what the service puts there (11.3 of the older edition).
func setRefillURL(c *call) (map[string]any, *refusal.Error) {
	given := c.params.Text("url")
	if given == "" {
		return nil, refusal.Missing("url")
	}
	if address, err := url.Parse(given); err != nil || address.Host == "" {
		return nil, refusal.Incorrect("url")
	}
	if !c.test {
		c.account.jelasticURL = given
	}
	c.touch()
	return nil, nil
}

// answerConstructorURL makes a link to the site builder of a hosting (11.4 of the older edition).
func answerConstructorURL(c *call) (map[string]any, *refusal.Error) {
	e := c.alone()
	if c.params.Text("service_id") == "" {
		return nil, refusal.Missing("service_id")
	}
	if err := c.identify(e); err != nil {
		return nil, err
	}
	if c.test {
		return map[string]any{"url": exampleURL}, nil
	}
	return map[string]any{"url": "https://wpb.example.net/?service_id=" + strconv.FormatInt(e.service.ServiceID, 10)}, nil
}

// theme is a ready-made design of a site.
type theme struct{ name, title, text string }

// themePlans are the plans that each type of ready-made site has (11.5 of the older edition).
var themePlans = map[string][]string{
	"srv_rs_joomla":    {"corporate-0617", "eCommerce-0617"},
	"srv_rs_wordpress": {"blog-0617", "corporate-0617", "eCommerce-0617", "ecwid-0617", "portfolio-0617"},
}

// corporateThemes are those of the example: of Joomla's plan corporate. The other plans have none here.
var corporateThemes = []theme{
	{"happy", "Тема Happy", "Простой и лаконичный сайт компании, отзывы клиентов на главной странице, удобный раздел для описания услуг."},
	{"melano", "Тема Melano", "Современный и стильный шаблон для корпоративного сайта в строгих тонах, продуманная главная страница, интерактивный баннер."},
	{"zone", "Тема Zone", "Аккуратный и выверенный дизайн корпоративного сайта с поддержкой адаптивности, интерактивный баннер привлекает внимание посетителей."},
}

// answerThemes lists the themes of a type and a plan; of all when they are not given (11.5 of the older edition).
func answerThemes(c *call) (map[string]any, *refusal.Error) {
	servtype, plan := c.params.Text("servtype"), c.params.Text("subtype")
	plans, known := themePlans[servtype]
	switch {
	case servtype != "" && !known:
		return nil, refusal.Incorrect("servtype")
	case plan != "" && servtype != "" && !slices.Contains(plans, plan):
		return nil, refusal.Incorrect("subtype")
	}
	themes := map[string]any{}
	if servtype == "srv_rs_wordpress" || (plan != "" && plan != "corporate-0617") {
		return themes, nil
	}
	for _, t := range corporateThemes {
		picture := "https://turnkey.reg.ru/screenshots/joomla/ru/corporate/" + t.name + "/screenshot"
		themes[t.name] = map[string]any{
			"img": picture + ".jpg", "img_big": picture + "-big.jpg", "link": "http://turnkey.reg.ru/joomla/" + t.name, "name": t.name,
			"priority": textNumeral(0), "text": t.text, "title": t.title,
		}
	}
	return themes, nil
}
