package regapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	// maxErrorText bounds the texts of an error, in characters.
	maxErrorText = 300
	// maxRedactable bounds what is searched for secrets, in bytes; longer texts are withheld.
	maxRedactable = 8 << 10
	// maxSecrets bounds the secrets that are looked for, in bytes; beyond it, every text is withheld.
	maxSecrets = 64 << 10
	// minContactSecret is the length in characters from which a contact value is struck out;
	// shorter ones, such as a country code, occur in any text.
	minContactSecret = 3
	// maxDecodings bounds how many layers of escaping are looked through.
	maxDecodings = 4
	// maxErrorParams bounds how many parameters of an error are kept.
	maxErrorParams = 32
)

// privateParameter matches the documented names of parameters whose values are personal or secret:
// contacts (8.7, 7.4, 5.2), passwords and transfer keys (8.8, 8.10).
var privateParameter = regexp.MustCompile(`(?i)^(?:` +
	`contacts|[oatb]_.+|(?:org|admin|billing|tech|signer|evorg|evsigner)_.+|person.*|passport.*|birth_date|p_(?:addr.*|name|postcode)|address_r.*|srvloc_.+|` +
	`phone|fax|e_?mail|approver_email|office|country|org|code|kpp|descr|company_url|job_title|hra_name|` +
	`idnumber|vatid|pp_code|sms_security_number|wmid|` +
	`user_(?:login|password|email|ip|first_name|last_name|company|jabber_id|icq|phone|fax|addr|city|state|postcode|wmid|website)|` +
	`username|sig|.*password.*|.*authinfo.*)$`)

// redactor strikes the secrets of one request out of whatever the server said. It is the only way
// by which the server's words enter an error. A nil redactor lets nothing through.
type redactor struct {
	// pattern matches the secrets as they are; nil if there are none. It is compiled at the
	// first failure, as most requests have none.
	pattern func() *regexp.Regexp
	// mute says that none of the server's own words are shown.
	mute bool
}

// confidential are the functions that know contacts which no request names (7.10): nothing tells which of the server's words about a refusal are theirs.
var confidential = map[string]bool{"service/get_details": true, "service/service_get_details": true}

// serverWords are the members of an answer that hold a refusal in the server's own words (2.3.2).
var serverWords = map[string]bool{"error_text": true, "error_params": true}

// redactorOf knows the secrets of a request of a function.
func redactorOf(function string, credentials []string, params any) *redactor {
	r := newRedactor(credentials, params)
	r.mute = confidential[function]
	return r
}

// hides says whether a member of a request or an answer is not shown, by its name alone.
func (r *redactor) hides(name string) bool {
	return privateParameter.MatchString(name) || (r != nil && r.mute && serverWords[name])
}

// newRedactor knows the credential values and whatever is private in params, a decoded JSON value.
func newRedactor(credentials []string, params any) *redactor {
	return &redactor{pattern: sync.OnceValue(func() *regexp.Regexp {
		var secrets []string
		for _, value := range credentials {
			secrets = append(secrets, squeeze(value))
		}
		for _, value := range privateValues(params, false, nil) {
			if value = squeeze(value); utf8.RuneCountInString(value) >= minContactSecret {
				secrets = append(secrets, value)
			}
		}
		return secretPattern(secrets)
	})}
}

// privateValues collects the scalars below every private parameter; inside says that one was passed.
func privateValues(value any, inside bool, values []string) []string {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			values = privateValues(member, inside || privateParameter.MatchString(name), values)
		}
	case []any:
		for _, element := range value {
			values = privateValues(element, inside, values)
		}
	case string:
		if inside {
			values = append(values, value)
			values = append(values, strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' })...)
		}
	case json.Number:
		if inside {
			values = append(values, value.String())
		}
	}
	return values
}

// secretPattern matches any of the secrets, the longest first, in either case; a space and the plus
// by which forms replace it are the same.
func secretPattern(secrets []string) *regexp.Regexp {
	secrets = slices.DeleteFunc(secrets, func(value string) bool { return value == "" })
	if len(secrets) == 0 {
		return nil
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	secrets = slices.Compact(secrets)
	alternatives, size := make([]string, 0, len(secrets)), 0
	for _, secret := range secrets {
		if size += len(secret); size > maxSecrets {
			return everything
		}
		quoted := regexp.QuoteMeta(strings.ReplaceAll(secret, "+", " "))
		alternatives = append(alternatives, strings.ReplaceAll(quoted, " ", `[ +]`))
	}
	return regexp.MustCompile(`(?i)` + strings.Join(alternatives, "|"))
}

// everything stands for secrets that are too many to look for.
var everything = regexp.MustCompile(`(?s).+`)

// clean returns what may be shown of the server's words.
func (r *redactor) clean(text string) string {
	if r != nil && r.mute {
		return ""
	}
	return r.scrub(text)
}

// scrub returns text without secrets, bounded in length. Where a secret hides behind escaping, the
// whole text is withheld.
func (r *redactor) scrub(text string) string {
	if r == nil || len(text) > maxRedactable {
		return mask
	}
	text = squeeze(text)
	if pattern := r.pattern(); pattern != nil {
		text = pattern.ReplaceAllLiteralString(text, mask)
		if hidesSecret(pattern, text) {
			return mask
		}
	}
	return truncate(text)
}

// mayBeIn says whether a text of JSON has secrets in what its members say, openly or behind escapes. Mostly it has not, and one look tells so of
// thousands of members.
func (r *redactor) mayBeIn(text []byte) bool {
	if r == nil {
		return false
	}
	pattern := r.pattern()
	return pattern != nil && (bytes.ContainsAny(text, `%\&`) || !utf8.Valid(text) || pattern.Match(text))
}

// squeeze makes text valid UTF-8 with single spaces, so that a line break cannot hide a secret.
func squeeze(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

// decoders undo the escapings that a server may have put over what it echoes.
var decoders = []func(string) string{unescapePercent, unescapeJSON, html.UnescapeString}

// hidesSecret looks for secrets behind escapes, in any nesting and order: a secret that looks like an
// escape itself shows only while just the right ones have been undone.
func hidesSecret(pattern *regexp.Regexp, text string) bool {
	seen := map[string]bool{text: true}
	layer := []string{text}
	for range maxDecodings {
		var next []string
		for _, candidate := range layer {
			for _, decode := range decoders {
				decoded := decode(candidate)
				if seen[decoded] {
					continue
				}
				if pattern.MatchString(squeeze(decoded)) {
					return true
				}
				seen[decoded] = true
				next = append(next, decoded)
			}
		}
		if len(next) == 0 {
			return false
		}
		layer = next
	}
	return true // deeper than anything that has a reason to be
}

var (
	percentEscape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	jsonEscape    = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]`)
)

// unescapePercent decodes URL escapes and leaves everything else, broken escapes included.
func unescapePercent(text string) string {
	return percentEscape.ReplaceAllStringFunc(text, func(escape string) string {
		code, err := strconv.ParseUint(escape[1:], 16, 8)
		if err != nil {
			return escape
		}
		return string([]byte{byte(code)})
	})
}

// unescapeJSON decodes the escapes of JSON strings and leaves everything else.
func unescapeJSON(text string) string {
	return jsonEscape.ReplaceAllStringFunc(text, func(escape string) string {
		var decoded string
		if err := json.Unmarshal([]byte(`"`+escape+`"`), &decoded); err != nil {
			return escape
		}
		return decoded
	})
}

// truncate shortens text to maxErrorText characters.
func truncate(text string) string {
	runes := []rune(text)
	if len(runes) <= maxErrorText {
		return text
	}
	return string(runes[:maxErrorText]) + "…"
}

// params flattens error_params: an object, an array, a scalar or null. Private ones keep their name alone.
func (r *redactor) params(raw json.RawMessage) map[string]string {
	flat := map[string]string{}
	if members, ok := decodeObject(raw); ok {
		for name := range members {
			r.param(flat, name, members.text(name))
		}
		return flat
	}
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil {
		return nil
	}
	for i, element := range elements {
		r.param(flat, strconv.Itoa(i), scalarText(element))
	}
	return flat
}

func (r *redactor) param(flat map[string]string, name, value string) {
	if len(flat) >= maxErrorParams || value == "" || (r != nil && r.mute) {
		return
	}
	if privateParameter.MatchString(name) {
		value = mask
	}
	flat[r.clean(name)] = r.clean(value)
}

// codeShape is how REG.API spells error codes (2.3.2).
var codeShape = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)

// code lets through known codes and whatever looks like one and holds no secret.
func (r *redactor) code(code string) ErrorCode {
	if _, known := classes[ErrorCode(code)]; known {
		return ErrorCode(code)
	}
	if codeShape.MatchString(code) && r.scrub(code) == code {
		return ErrorCode(code)
	}
	return ""
}
