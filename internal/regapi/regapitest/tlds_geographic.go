package regapitest

import (
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
)

// geographic are the zones that 8.7 lists beside .ru.net and .com.ru: those of towns and regions, of which the owner's contacts are enough.
var geographic = slices.Concat(
	under("ru", "adygeya bashkiria bir cbg com dagestan grozny kalmykia kustanai marine mordovia msk mytis nalchik "+
		"nov pyatigorsk spb vladikavkaz vladimir"),
	under("su", "abkhazia adygeya aktyubinsk arkhangelsk armenia ashgabad azerbaijan balashov bashkiria bryansk "+
		"bukhara chimkent dagestan east-kazakhstan exnet georgia grozny ivanovo jambyl kalmykia kaluga "+
		"karacol karaganda karelia khakassia krasnodar kurgan kustanai lenug mangyshlak mordovia msk murmansk "+
		"nalchik navoi north-kazakhstan nov obninsk penza pokrovsk sochi spb tashkent termez togliatti "+
		"troitsk tselinograd tula tuva vladikavkaz vladimir vologda"),
	under("net", "ru"),
)

func under(parent, labels string) []tld {
	zones := []tld{}
	for label := range strings.FieldsSeq(labels) {
		zones = append(zones, tld{
			name: label + "." + parent, contacts: contact.Geo, letters: anyAlphabet, register: 250_00, renew: 250_00, renewAfter: 30, maxPeriod: 10,
		})
	}
	return zones
}
