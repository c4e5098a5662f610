package refusal

import (
	"cmp"
	"fmt"
	"regexp"
)

// Codes that the documentation lists in no table. It names the first two in its text (1.2); their texts are ours.
const (
	AccountRate = "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"
	IPRate      = "IP_EXCEEDED_ALLOWED_CONNECTION_RATE"
	// NoCertificate is in no part of the documentation: clients in production have seen it.
	NoCertificate = "NO_CERTIFICATE"
)

// phrase is one error_text in the languages that the simulator speaks; lang=th is answered in English.
type phrase struct{ en, ru string }

// Error is an error of REG.API: at the top level of an answer, or of one element of a list.
type Error struct {
	// Code is error_code; Params, which may be nil, are error_params.
	Code   string
	Params map[string]string
	// wording is what Reword was given.
	wording phrase
}

// New makes an error with its error_params given as name, value pairs.
func New(code string, pairs ...string) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.Params == nil {
			e.Params = map[string]string{}
		}
		e.Params[pairs[i]] = pairs[i+1]
	}
	return e
}

// Missing refuses a request that lacks a parameter.
func Missing(param string) *Error { return New("PARAMETER_MISSING", "param", param) }

// Incorrect refuses a parameter that means nothing.
func Incorrect(param string) *Error { return New("PARAMETER_INCORRECT", "param", param) }

// Reword replaces the text where a function's example has another one; an empty text leaves that of the code.
func (e *Error) Reword(en, ru string) { e.wording = phrase{en: en, ru: ru} }

// Error gives the code and the English text.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Text("en")) }

var placeholder = regexp.MustCompile(`\$[a-z_]+`)

// Fill gives the placeholders of the text values that Params lacks.
func (e *Error) Fill(value func(name string) string) {
	p := phraseOf(e.Code)
	for _, match := range placeholder.FindAllString(p.en+p.ru, -1) {
		name := match[1:]
		if _, given := e.Params[name]; given {
			continue
		}
		if e.Params == nil {
			e.Params = map[string]string{}
		}
		e.Params[name] = value(name)
	}
}

// Text returns error_text in the language that the parameter lang asked for, English unless it is "ru" (2.2.4.2).
func (e *Error) Text(lang string) string {
	p := phraseOf(e.Code)
	text := cmp.Or(e.wording.en, p.en)
	if lang == "ru" {
		text = cmp.Or(e.wording.ru, p.ru)
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := e.Params[name[1:]]; ok {
			return value
		}
		return name
	})
}

// phraseTables hold the texts of all codes that a table or an example of the documentation names.
var phraseTables = []map[string]phrase{phrases, servicePhrases, domainPhrases}

func phraseOf(code string) phrase {
	switch code {
	case AccountRate:
		return phrase{en: "Allowed connection rate exceeded for this account", ru: "Превышено допустимое количество запросов для этого аккаунта"}
	case NoCertificate:
		return phrase{en: "certificate not found", ru: "Сертификат не найден"}
	case IPRate:
		return phrase{en: "Allowed connection rate exceeded for this IP", ru: "Превышено допустимое количество запросов с этого IP"}
	}
	for _, table := range phraseTables {
		if p, ok := table[code]; ok {
			return p
		}
	}
	return phrase{en: code, ru: code}
}
