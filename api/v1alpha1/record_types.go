package v1alpha1

// NameRecords are all the records of one name. Each type is a field of its own, so that the API server can check every value.
//
// The bounds of the lists keep the cost of these checks within what an API server accepts for a zone of 10,000 names. What does not fit into
// one entry goes into a further entry of the same name. What costs too much to check here ends in status.refused, beside the records that
// are applied.
//
// +kubebuilder:validation:XValidation:rule="has(self.a) || has(self.aaaa) || has(self.cname) || has(self.mx) || has(self.ns) || has(self.txt) || has(self.srv) || has(self.caa) || has(self.https)",message="the name has no records: give it at least one, or remove the entry"
// +kubebuilder:validation:XValidation:rule="!has(self.cname) || !(has(self.a) || has(self.aaaa) || has(self.mx) || has(self.ns) || has(self.txt) || has(self.srv) || has(self.caa) || has(self.https))",message="a cname stands alone at its name (RFC 1034, 3.6.2): remove it, or the other records of this name"
// +kubebuilder:validation:XValidation:rule="!has(self.cname) || self.name != '@'",message="the domain itself (@) cannot be a cname, since it holds SOA and NS: use a, aaaa, or https with priority 0"
// +kubebuilder:validation:XValidation:rule="!has(self.ns) || self.name != '@'",message="ns delegates a subdomain: the name servers of the domain itself (@) are its delegation at the registrar"
// +kubebuilder:validation:XValidation:rule="!has(self.mx) || self.mx.size() == 1 || !self.mx.exists(m, m.host == '.')",message="a mail server of a single dot says that the name takes no mail, and others contradict it (RFC 7505): remove it, or them"
// +kubebuilder:validation:XValidation:rule="!has(self.srv) || self.name.startsWith('_')",message="the name of an srv record starts with its service and protocol, such as _sip._tcp"
type NameRecords struct {
	// name in the zone: @ for the domain itself, * for every name without records of its own, or labels such as www or a.b.
	// Internationalised labels may be written in Unicode or in punycode. A name may have the domain at its end, with a final dot or without:
	// www, www.example.ru and www.example.ru. are one name in the zone of example.ru.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self == '@' || !self.matches('[\\\\s\\\\pZ\",:;@\\\\\\\\()<>?]')",message="not a name in a zone: write @, *, or labels of letters, digits, hyphens and underscores joined by dots"
	// +kubebuilder:validation:XValidation:rule="!self.startsWith('.') && !self.contains('..')",message="the name has an empty label: remove the extra dot"
	// +kubebuilder:validation:XValidation:rule="!self.matches('.[*]|[*][^.]')",message="a star stands for whole names and is the first label or none: write * or *.apps"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(?i)[a-z][^.]*[Ѐ-ӿ]|[Ѐ-ӿ][^.]*[a-z]')",message="a label mixes Latin and Cyrillic letters, which REG.API refuses: write each label in one alphabet"
	Name string `json:"name"`

	// a holds IPv4 addresses.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	A []IPv4Address `json:"a,omitempty"`

	// aaaa holds IPv6 addresses.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	AAAA []IPv6Address `json:"aaaa,omitempty"`

	// cname is the host name that this name is another name of. It stands alone at its name.
	// +optional
	CNAME Host `json:"cname,omitempty"`

	// mx holds the mail servers of the name.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	MX []MX `json:"mx,omitempty"`

	// ns delegates the name to other name servers.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	NS []Host `json:"ns,omitempty"`

	// txt holds texts, each a record of its own. A name has one text of a kind such as v=spf1: of two, neither is applied.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="self.size() <= 32",message="an entry takes at most 32 texts: write the others into a further entry of the same name"
	TXT []Text `json:"txt,omitempty"`

	// srv names the servers of a service (RFC 2782). The name of the entry is the service and protocol, such as _sip._tcp.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	SRV []SRV `json:"srv,omitempty"`

	// caa says who may issue certificates for the name (RFC 8659).
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	CAA []CAA `json:"caa,omitempty"`

	// https says how to connect to the name by HTTPS (RFC 9460).
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	HTTPS []HTTPS `json:"https,omitempty"`
}

// IPv4Address is an IPv4 address in dotted form.
//
// +kubebuilder:validation:MaxLength=45
// +kubebuilder:validation:XValidation:rule="isIP(self) && ip(self).family() == 4",message="an a record holds an IPv4 address, such as 192.0.2.1, without leading zeros: for IPv6 use aaaa, for a host name use cname"
type IPv4Address string

// IPv6Address is an IPv6 address.
//
// +kubebuilder:validation:MaxLength=45
// +kubebuilder:validation:XValidation:rule="isIP(self) && ip(self).family() == 6",message="an aaaa record holds an IPv6 address, such as 2001:db8::1: for IPv4 use a, for a host name use cname"
type IPv6Address string

// Host is a complete host name, such as mail.example.ru; a final dot changes nothing. A single dot is no host at all: as the host of
// an mx record it says that the name takes no mail (RFC 7505), as the target of an srv record that the service is not offered (RFC 2782).
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=254
// +kubebuilder:validation:XValidation:rule="!isIP(self)",message="a host name is wanted here, not an address: give the address a name of its own with an a or aaaa record, and write that name"
// +kubebuilder:validation:XValidation:rule="self.contains('.')",message="write the complete host name, such as mail.example.ru: names relative to the zone are not accepted here"
type Host string

// Text is the content of a TXT record: printable ASCII, at most 2048 characters.
// Name servers cut it into strings of 255 bytes, which resolvers join again.
//
// Write it as it is meant. The habits of zone files are understood: quotes around a text are not part of it ("v=spf1 -all" is v=spf1 -all, and
// "a" "b" is ab), nor are a backslash before a semicolon and blanks at its ends; quotes and backslashes inside stay.
// A text that would itself start and end with a quote, or whose quotes and backslashes all read as escapes of a zone file (a\\b, a\"b), cannot
// be told from another one in what REG.API lists: it ends in status.refused, and the other records are applied.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=2048
type Text string

// MX is a mail server.
type MX struct {
	// priority: servers with a lower number are asked first. REG.API documents 0 to 10 and may refuse more.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Priority int32 `json:"priority"`

	// host is the mail server's complete host name, or a single dot with priority 0 where the name takes no mail.
	Host Host `json:"host"`
}

// SRV is a server of a service.
//
// +kubebuilder:validation:XValidation:rule="self.port != 0 || self.target == '.'",message="port 0 is no port: write 1 to 65535, or target . to say that the service is not offered"
type SRV struct {
	// priority: servers with a lower number are asked first.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Priority int32 `json:"priority"`

	// weight shares the load among servers of one priority.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Weight int32 `json:"weight,omitempty"`

	// port of the service; 0 with target . where the service is not offered.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port"`

	// target is the server's complete host name, or a single dot where the service is not offered.
	Target Host `json:"target"`
}

// CAA is a rule for certificate authorities.
//
// +kubebuilder:validation:XValidation:rule="self.tag != 'iodef' || self.value.startsWith('mailto:') || self.value.startsWith('http://') || self.value.startsWith('https://') || self.value.startsWith('\"')",message="the value of an iodef tag is where to report to: write mailto:somebody@example.ru or a URL"
type CAA struct {
	// flags is 0, or 128 where an authority that does not know the tag has to refuse.
	// +optional
	// +kubebuilder:validation:Enum=0;128
	Flags int32 `json:"flags,omitempty"`

	// tag says what the value is for.
	// +kubebuilder:validation:Enum=issue;issuewild;iodef
	Tag string `json:"tag"`

	// value is the domain name of an authority (issue, issuewild; ";" allows none), or an address for reports (iodef). As with txt, quotes
	// around it are not part of it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Value string `json:"value"`
}

// HTTPS says how to connect to a name by HTTPS.
//
// +kubebuilder:validation:XValidation:rule="self.priority != 0 || !has(self.params)",message="priority 0 makes the name an alias of target and takes no params: remove params, or use priority 1"
// +kubebuilder:validation:XValidation:rule="self.priority != 0 || self.target != '.'",message="priority 0 makes the name an alias of target: name the other host in target, or use priority 1"
type HTTPS struct {
	// priority: 0 makes the name an alias of target; otherwise lower numbers are tried first.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Priority int32 `json:"priority"`

	// target is the complete name of the host to connect to, or a single dot for the name itself.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self.contains('.')",message="write a single dot for the name itself, or a complete host name, such as www.example.ru"
	Target string `json:"target"`

	// params are the service parameters as key=value, separated by spaces, such as "alpn=h2,h3 ipv4hint=192.0.2.1".
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Params string `json:"params,omitempty"`
}
