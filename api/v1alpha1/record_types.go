package v1alpha1

// NameRecords are all the records of one name. Each type is a field of its own, so that the API server can check every value.
//
// The bounds of the lists keep the cost of these checks within what an API server accepts for a zone of 10,000 names.
//
// +kubebuilder:validation:XValidation:rule="has(self.a) || has(self.aaaa) || has(self.cname) || has(self.mx) || has(self.ns) || has(self.txt) || has(self.srv) || has(self.caa) || has(self.https)",message="the name has no records: give it at least one, or remove the entry"
// +kubebuilder:validation:XValidation:rule="!has(self.cname) || !(has(self.a) || has(self.aaaa) || has(self.mx) || has(self.ns) || has(self.txt) || has(self.srv) || has(self.caa) || has(self.https))",message="a cname stands alone at its name (RFC 1034, 3.6.2): remove it, or the other records of this name"
// +kubebuilder:validation:XValidation:rule="!has(self.cname) || self.name != '@'",message="the domain itself (@) cannot be a cname, since it holds SOA and NS: use a, aaaa, or https with priority 0"
// +kubebuilder:validation:XValidation:rule="!has(self.ns) || self.name != '@'",message="ns delegates a subdomain: the name servers of the domain itself (@) are its delegation at the registrar"
// +kubebuilder:validation:XValidation:rule="!has(self.srv) || self.name.startsWith('_')",message="the name of an srv record starts with its service and protocol, such as _sip._tcp"
type NameRecords struct {
	// name relative to the zone: @ for the domain itself, * for every name without records of its own, or labels such as www or a.b.
	// Internationalised labels may be written in Unicode or in punycode.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=180
	// +kubebuilder:validation:XValidation:rule="!self.endsWith('.')",message="names are relative to the zone and have no final dot: write www instead of www.example.ru."
	// +kubebuilder:validation:XValidation:rule="self.endsWith('.') || self.matches('^(@|[*]|([*][.])?([\\\\pL\\\\pN_-]+[.]?)+)$')",message="not a name in a zone: write @, *, or labels of letters, digits, hyphens and underscores joined by dots"
	// +kubebuilder:validation:XValidation:rule="!self.matches('[a-zA-Z][^.]*\\\\p{Cyrillic}|\\\\p{Cyrillic}[^.]*[a-zA-Z]')",message="a label mixes Latin and Cyrillic letters, which REG.API refuses: write each label in one alphabet"
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

	// txt holds texts, each a record of its own, without quotes around them.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
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
// +kubebuilder:validation:XValidation:rule="isIP(self) && ip(self).family() == 4",message="an a record holds an IPv4 address, such as 192.0.2.1: for IPv6 use aaaa, for a host name use cname"
type IPv4Address string

// IPv6Address is an IPv6 address.
//
// +kubebuilder:validation:MaxLength=45
// +kubebuilder:validation:XValidation:rule="isIP(self) && ip(self).family() == 6",message="an aaaa record holds an IPv6 address, such as 2001:db8::1: for IPv4 use a, for a host name use cname"
type IPv6Address string

// Host is a complete host name, such as mail.example.ru; a final dot changes nothing.
//
// +kubebuilder:validation:MaxLength=254
// +kubebuilder:validation:Pattern=`^[\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?([.][\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?)*[.]?$`
// +kubebuilder:validation:XValidation:rule="!isIP(self)",message="a host name is wanted here, not an address: give the address a name of its own with an a or aaaa record, and write that name"
// +kubebuilder:validation:XValidation:rule="self.contains('.')",message="write the complete host name, such as mail.example.ru: names relative to the zone are not accepted here"
type Host string

// Text is the content of a TXT record: printable ASCII without double quotes and backslashes, not starting or
// ending with a space, at most 2048 characters.
// Name servers cut it into strings of 255 bytes, which resolvers join again.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=2048
// +kubebuilder:validation:Pattern=`^[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?$`
type Text string

// MX is a mail server.
type MX struct {
	// priority: servers with a lower number are asked first.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	Priority int32 `json:"priority"`

	// host is the mail server's complete host name.
	Host Host `json:"host"`
}

// SRV is a server of a service.
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

	// port of the service.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port"`

	// target is the server's complete host name.
	Target Host `json:"target"`
}

// CAA is a rule for certificate authorities.
//
// +kubebuilder:validation:XValidation:rule="self.tag != 'iodef' || self.value.startsWith('mailto:') || self.value.startsWith('http://') || self.value.startsWith('https://')",message="the value of an iodef tag is where to report to: write mailto:somebody@example.ru or a URL"
type CAA struct {
	// flags is 0, or 128 where an authority that does not know the tag has to refuse.
	// +optional
	// +kubebuilder:validation:Enum=0;128
	Flags int32 `json:"flags,omitempty"`

	// tag says what the value is for.
	// +kubebuilder:validation:Enum=issue;issuewild;iodef
	Tag string `json:"tag"`

	// value is the domain name of an authority (issue, issuewild; ";" allows none), or an address for reports (iodef).
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:Pattern=`^[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?$`
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
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:Pattern=`^([.]|[\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?([.][\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?)*[.]?)$`
	// +kubebuilder:validation:XValidation:rule="!isIP(self) && self.contains('.')",message="write a single dot for the name itself, or a complete host name, such as www.example.ru"
	Target string `json:"target"`

	// params are the service parameters as key=value, separated by spaces, such as "alpn=h2,h3 ipv4hint=192.0.2.1".
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^[a-z0-9-]+(=[!#-~]+)?( [a-z0-9-]+(=[!#-~]+)?)*$`
	Params string `json:"params,omitempty"`
}
