package regapitest

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"mime"
	"regexp"
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// numeral is a number in an answer whose JSON type depends on [Behaviour.Types].
type numeral struct {
	// digits as they are shown. What comes back from a request may be no number at all, or 007, and is then shown as text.
	digits string
	// number is the type that the function's own section shows.
	number bool
	// seen is the type that clients in production have seen, where that is another one.
	seen seenType
}

// seenType is a type that differs from the documented one in production.
type seenType int

const (
	asDocumented seenType = iota
	seenText
	seenNumber
)

// jsonNumber is what JSON can show as a number.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)([.][0-9]+)?$`)

func textNumeral(value int64) numeral { return numeral{digits: strconv.FormatInt(value, 10)} }

// noPriority is the prio of a record that has none.
type noPriority struct{}

// typist decides the JSON types of one answer.
type typist struct {
	behaviour Behaviour
	chance    *rand.Rand
}

func (t typist) coin() bool { return t.chance.IntN(2) == 0 }

// settle returns a copy of an answer in which every number has its JSON type.
func (t typist) settle(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		// In order of names, so that one seed gives one result.
		for _, name := range slices.Sorted(maps.Keys(value)) {
			out[name] = t.settle(value[name])
		}
		return out
	case []any:
		out := make([]any, 0, len(value))
		for _, item := range value {
			out = append(out, t.settle(item))
		}
		return out
	case numeral:
		return t.numeral(value)
	case noPriority:
		if t.behaviour.Priority == PriorityNull || (t.behaviour.Priority == PriorityAlternate && t.coin()) {
			return nil
		}
		return t.numeral(numeral{digits: "0", seen: seenNumber})
	default:
		return value
	}
}

func (t typist) numeral(n numeral) any {
	number := n.number
	switch t.behaviour.Types {
	case TypesProduction, "production":
		number = n.seen == seenNumber || n.seen == asDocumented && n.number
	case TypesStrings:
		number = false
	case TypesNumbers:
		number = true
	case TypesAlternate:
		number = t.coin()
	case TypesDocumented:
	}
	if number && jsonNumber.MatchString(n.digits) {
		return json.Number(n.digits)
	}
	return n.digits
}

// envelope wraps what a function answered as 2.3.2 says; answer may be nil, as that of user/nop is (5.1).
func (c *call) envelope(answer map[string]any, err *refusal.Error) map[string]any {
	reply := map[string]any{"charset": c.params.Encoding().Charset, "messagestore": nil, "result": "success"}
	if err != nil {
		reply["result"] = "error"
		c.refuse(reply, err)
	} else if whole, ok := answer[wholeAnswer]; ok {
		reply["answer"] = whole
	} else if answer != nil {
		reply["answer"] = answer
	}
	if flag := c.params.Text("show_input_params"); flag != "" && flag != "0" {
		reply["input_params"] = c.inputParams()
	}
	return reply
}

// inputParams are the decoded parameters, the password among them, as 2.2.3 shows them.
func (c *call) inputParams() map[string]any {
	shown := c.params.Plain(nil)
	if c.params.Text("input_format") == "json" {
		delete(shown, "input_format")
		delete(shown, "input_data")
	}
	return shown
}

// refuse writes an error that stands at the top level: beside its own parameters production names the function.
func (c *call) refuse(into map[string]any, err *refusal.Error) {
	c.describe(into, err)
	if c.entry.Login == testLogin || c.srv.behaviour.ErrorParams != ErrorParamsCommand {
		return
	}
	params, _ := into["error_params"].(map[string]any)
	if params == nil {
		params = map[string]any{}
		into["error_params"] = params
	}
	params["command_name"] = c.entry.Function
}

// describe writes an error's code, text and parameters into an answer or into an element of one.
func (c *call) describe(into map[string]any, err *refusal.Error) {
	into["error_code"] = err.Code
	into["error_text"] = err.Text(c.params.Text("lang"))
	params := map[string]any{}
	for name, value := range err.Params {
		params[name] = value
	}
	style := c.srv.behaviour.ErrorParams
	if style == ErrorParamsAlternate {
		styles := []ErrorParamsStyle{ErrorParamsOmitted, ErrorParamsNull, ErrorParamsObject}
		style = styles[c.srv.chance.IntN(len(styles))]
	}
	switch {
	case len(params) > 0 || style == ErrorParamsObject:
		into["error_params"] = params
	case style == ErrorParamsNull:
		into["error_params"] = nil
	}
}

// contentType is that of the format, text/plain for output_content_type=plain, or the media type that was asked for (2.2.4.2).
func (c *call) contentType() string {
	mediaType := c.params.Format().MediaType
	if asked := c.params.Text("output_content_type"); asked == "plain" {
		mediaType = "text/plain"
	} else if valid, _, err := mime.ParseMediaType(asked); err == nil {
		mediaType = valid
	}
	return mediaType + "; charset=" + c.params.Encoding().Charset
}
