package otherapi

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Record is a record in the form that this package compares: names in lower case and punycode, relative to the zone; host names without
// a final dot; addresses at their shortest; texts and CAA values without quotes.
type Record struct {
	Name     string
	Type     string
	Priority int // of MX, SRV and HTTPS
	Content  string
}

// String gives the record as www MX 10 mail.example.com, with the priority only where the type has one.
func (r Record) String() string {
	if !r.prioritised() {
		return r.Name + " " + r.Type + " " + r.Content
	}
	return fmt.Sprintf("%s %s %d %s", r.Name, r.Type, r.Priority, r.Content)
}

func (r Record) prioritised() bool { return r.Type == "MX" || r.Type == "SRV" || r.Type == "HTTPS" }

// params are the parameters of a request, of an element of its list, or of an action.
type params map[string]any

// text gives a parameter, which may come as a number or as text.
func (p params) text(name string) string {
	switch value := p[name].(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return ""
}

// number gives a parameter as a number, 0 where there is none.
func (p params) number(name string) (int, bool) {
	text := p.text(name)
	if text == "" {
		return 0, true
	}
	number, err := strconv.ParseUint(text, 10, 16)
	return int(number), err == nil
}

// refusal is an error of one element.
type refusal struct{ code, text string }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{code: code, text: fmt.Sprintf(format, args...)}
}

// ascii gives a name in lower case and punycode, without its final dot.
func ascii(name string) string {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if encoded, err := idna.Punycode.ToASCII(name); err == nil {
		return encoded
	}
	return name
}

// relative gives a name as one of the zone.
func relative(name, domain string) string {
	name = ascii(name)
	if name == domain || name == "" {
		return "@"
	}
	return strings.TrimSuffix(name, "."+domain)
}

// host gives a host name; one without a dot is of the zone (the example of 9.7).
func host(name, domain string) string {
	if name == "." {
		return name
	}
	name = ascii(name)
	if !strings.Contains(name, ".") {
		return name + "." + domain
	}
	return name
}

// canonical reads the content of a record in whatever spelling. Where SRV and HTTPS have their priority in it, that is given too.
func canonical(rectype, content, domain string) (canon string, priority int, priorityGiven bool) {
	fields := strings.Fields(content)
	switch rectype {
	case "A", "AAAA":
		if address, err := netip.ParseAddr(content); err == nil {
			return address.String(), 0, false
		}
	case "CNAME", "NS", "MX":
		return host(content, domain), 0, false
	case "TXT":
		return unquote(content), 0, false
	case "CAA":
		if len(fields) >= 3 {
			value := strings.Join(fields[2:], " ")
			return fields[0] + " " + strings.ToLower(fields[1]) + " " + unquote(value), 0, false
		}
	case "SRV":
		if n := len(fields); n == 3 || n == 4 {
			priority, err := strconv.Atoi(fields[0])
			rest := fields[n-3:]
			return rest[0] + " " + rest[1] + " " + host(rest[2], domain), priority, n == 4 && err == nil
		}
	case "HTTPS":
		if len(fields) > 1 {
			if priority, err := strconv.Atoi(fields[0]); err == nil {
				return service(fields[1], fields[2:], domain), priority, true
			}
		}
		if len(fields) > 0 {
			return service(fields[0], fields[1:], domain), 0, false
		}
	}
	return content, 0, false
}

func service(target string, pairs []string, domain string) string {
	joined := strings.ReplaceAll(strings.Join(pairs, " "), `"`, "")
	return strings.TrimSpace(host(target, domain) + " " + joined)
}

// unquote joins the strings of a text.
func unquote(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	return strings.ReplaceAll(text[1:len(text)-1], `" "`, "")
}

// spelled is a record as an instance lists it.
type spelled struct {
	name, content string
	priority      int
}

func (h Habits) spell(r Record, domain string) spelled {
	s := spelled{name: h.name(r.Name, domain), content: r.Content, priority: r.Priority}
	fields := strings.Fields(r.Content)
	switch r.Type {
	case "AAAA":
		if address, err := netip.ParseAddr(r.Content); err == nil && h.LongIPv6 {
			s.content = address.StringExpanded()
		}
	case "CNAME", "NS", "MX":
		s.content = h.host(r.Content)
	case "TXT":
		s.content = h.text(r.Content)
	case "CAA":
		if h.CAAQuoted {
			s.content = fmt.Sprintf("%s %s %q", fields[0], fields[1], strings.Join(fields[2:], " "))
		}
	case "SRV":
		s.content = fields[0] + " " + fields[1] + " " + h.host(fields[2])
	case "HTTPS":
		s.content = strings.TrimSpace(h.host(fields[0]) + " " + strings.Join(fields[1:], " "))
	}
	if h.PriorityIn && (r.Type == "SRV" || r.Type == "HTTPS") {
		s.content, s.priority = fmt.Sprintf("%d %s", r.Priority, s.content), 0
	}
	return s
}

func (h Habits) name(name, domain string) string {
	switch h.Names {
	case NamesAbsolute:
		if name == "@" {
			return h.local(domain) + "."
		}
		return h.local(name+"."+domain) + "."
	case NamesUpper:
		return strings.ToUpper(h.local(name))
	}
	return h.local(name)
}

func (h Habits) host(name string) string {
	if name == "." {
		return name
	}
	name = h.local(name)
	if h.Names == NamesUpper {
		name = strings.ToUpper(name)
	}
	if h.FinalDots {
		name += "."
	}
	return name
}

// local gives a name in the alphabet in which this instance lists names.
func (h Habits) local(name string) string {
	if decoded, err := idna.Punycode.ToUnicode(name); err == nil && !h.Punycode {
		return decoded
	}
	return name
}

func (h Habits) text(text string) string {
	switch h.Text {
	case TextQuoted:
		return `"` + text + `"`
	case TextStrings:
		var parts []string
		for len(text) > 255 {
			parts, text = append(parts, text[:255]), text[255:]
		}
		return `"` + strings.Join(append(parts, text), `" "`) + `"`
	}
	return text
}
