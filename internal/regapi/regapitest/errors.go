package regapitest

import (
	"cmp"
	"fmt"
	"regexp"
)

// Codes that the documentation names in its text (1.2) but lists in no table; their texts are ours.
const (
	codeAccountRate = "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"
	codeIPRate      = "IP_EXCEEDED_ALLOWED_CONNECTION_RATE"
)

// phrase is one error_text in the languages that the simulator speaks; lang=th is answered in English.
type phrase struct{ en, ru string }

// apiError is an error of REG.API: at the top level of an answer, or of one element of a list.
type apiError struct {
	code   string
	params map[string]string
	// wording is what reword was given.
	wording phrase
}

// fail makes an error with its error_params given as name, value pairs.
func fail(code string, pairs ...string) *apiError {
	e := &apiError{code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.params == nil {
			e.params = map[string]string{}
		}
		e.params[pairs[i]] = pairs[i+1]
	}
	return e
}

func missing(param string) *apiError   { return fail("PARAMETER_MISSING", "param", param) }
func incorrect(param string) *apiError { return fail("PARAMETER_INCORRECT", "param", param) }

// reword replaces the text where a function's example has another one; an empty text leaves that of the code.
func (e *apiError) reword(en, ru string) { e.wording = phrase{en: en, ru: ru} }

func (e *apiError) Error() string { return fmt.Sprintf("%s: %s", e.code, e.text("en")) }

var placeholder = regexp.MustCompile(`\$[a-z_]+`)

// text returns error_text in the language that the parameter lang asked for, English unless it is "ru" (2.2.4.2).
func (e *apiError) text(lang string) string {
	p := phraseOf(e.code)
	text := cmp.Or(e.wording.en, p.en)
	if lang == "ru" {
		text = cmp.Or(e.wording.ru, p.ru)
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := e.params[name[1:]]; ok {
			return value
		}
		return name
	})
}

// phraseTables hold the texts of all codes that a table or an example of the documentation names.
var phraseTables = []map[string]phrase{phrases, servicePhrases, domainPhrases}

func phraseOf(code string) phrase {
	switch code {
	case codeAccountRate:
		return phrase{en: "Allowed connection rate exceeded for this account", ru: "Превышено допустимое количество запросов для этого аккаунта"}
	case codeIPRate:
		return phrase{en: "Allowed connection rate exceeded for this IP", ru: "Превышено допустимое количество запросов с этого IP"}
	}
	for _, table := range phraseTables {
		if p, ok := table[code]; ok {
			return p
		}
	}
	return phrase{en: code, ru: code}
}
