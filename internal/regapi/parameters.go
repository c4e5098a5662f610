package regapi

import "strconv"

// parameters are the members of input_data that a function takes; empty ones are left out.
type parameters map[string]any

func (p parameters) text(name, value string) {
	if value != "" {
		p[name] = value
	}
}

func (p parameters) texts(name string, values []string) {
	if len(values) > 0 {
		p[name] = values
	}
}

func (p parameters) number(name string, value int) {
	if value != 0 {
		p[name] = value
	}
}

func (p parameters) flag(name string, on bool) {
	if on {
		p[name] = 1
	}
}

func (p parameters) date(name string, day Date) { p.text(name, day.String()) }

func (p parameters) contacts(contacts Contacts) {
	if len(contacts) > 0 {
		p["contacts"] = contacts
	}
}

// nss writes name servers as the hash ns0, ns0ip, ns1 and so on (8.7, 8.20).
func (p parameters) nss(servers []NameServer) {
	if len(servers) == 0 {
		return
	}
	hash := map[string]any{}
	for i, server := range servers {
		name := "ns" + strconv.Itoa(i)
		hash[name] = server.Name
		switch len(server.IPs) {
		case 0:
		case 1:
			hash[name+"ip"] = server.IPs[0]
		default:
			hash[name+"ip"] = server.IPs
		}
	}
	p["nss"] = hash
}
