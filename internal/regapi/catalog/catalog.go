package catalog

// Access tells who may call a function (3.2). It is what the documentation says, even of functions that it opens to everyone although they
// act on an account: those want credentials all the same.
type Access string

// The three kinds of callers.
const (
	// Everyone needs no credentials.
	Everyone Access = "everyone"
	// Clients are all accounts.
	Clients Access = "clients"
	// Partners are accounts with a Partner agreement; others get RESELLER_AUTH_FAILED.
	Partners Access = "partners"
)

// List tells what a request may name many of, by the member of the answer that then holds a result for each (2.2.4.4).
//
// The documentation also counts functions that answer with a list and take none, such as bill/get_not_payed; they have NoList here.
type List string

// The kinds of lists.
const (
	// NoList functions take one object or none.
	NoList List = ""
	// Domains are named by an element of domains each.
	Domains List = "domains"
	// Services are named by an element of services or domains each.
	Services List = "services"
	// Bills are named by their numbers in bills (6.1).
	Bills List = "bills"
)

// Status tells where a function is documented.
type Status string

// The states of the documentation of a function.
const (
	// Documented functions have a section in the newer edition.
	Documented Status = ""
	// Listed functions stand in the list of section 3.3 and nowhere else: their parameters and answers are not documented.
	Listed Status = "listed"
	// Obsolete functions have a section in the older edition alone.
	Obsolete Status = "obsolete"
)

// Function is one function of REG.API.
type Function struct {
	// Name is category/function, such as "zone/add_alias"; the common ones have no category.
	Name string
	// Section is that of the newer edition, or of the older one for an obsolete function.
	Section string
	Access  Access
	List    List
	// HTTPSOnly functions may not be called in clear.
	HTTPSOnly bool
	// ReadOnly functions change nothing at the registrar and send nothing to anybody.
	ReadOnly bool
	// Personal answers are for one caller alone, such as a link for logging in. Only functions that read have them.
	Personal bool
	// Charges says that the function may take money from the account, by itself or by an order that it places.
	Charges bool
	// GivesAway says that a domain or a service may be somebody else's afterwards, or gone, or that somebody else may act for the account.
	GivesAway bool
	Status    Status
	// Summary says in a few words what the function does, beginning with a small letter.
	Summary string
}

// Category is the part of the name before the slash; "" for the common functions.
func (f Function) Category() string {
	category, _ := f.split()
	return category
}

func (f Function) split() (category, function string) {
	for i := range len(f.Name) {
		if f.Name[i] == '/' {
			return f.Name[:i], f.Name[i+1:]
		}
	}
	return "", f.Name
}

// TypedCall is the function's place in the Go client, such as "Zone.AddAlias"; "" for the categories that the client reaches through
// Client.Call alone.
func (f Function) TypedCall() string {
	category, function := f.split()
	service, typed := services[category]
	if !typed {
		return ""
	}
	return service + "." + camelCase(function)
}

// services are the fields of the client by category.
var services = map[string]string{
	"": "Common", "user": "User", "bill": "Bill", "service": "Service", "domain": "Domain", "zone": "Zone", "dnssec": "DNSSEC",
	"folder": "Folder",
}

// initialisms are the words that Go writes otherwise than with one capital.
var initialisms = map[string]string{
	"aaaa": "AAAA", "authinfo": "AuthInfo", "caa": "CAA", "cname": "CNAME", "https": "HTTPS", "id": "ID", "ksk": "KSK", "mx": "MX",
	"ns": "NS", "nss": "NSS", "soa": "SOA", "srv": "SRV", "tld": "TLD", "txt": "TXT", "uri": "URI", "url": "URL", "zsk": "ZSK",
}

// camelCase turns add_alias into AddAlias.
func camelCase(name string) string {
	result, start := "", 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '_' {
			continue
		}
		word := name[start:i]
		if special, ok := initialisms[word]; ok {
			result += special
		} else {
			result += string(word[0]-'a'+'A') + word[1:]
		}
		start = i + 1
	}
	return result
}

// Repeatable reports whether a function of a name provably changes nothing and answers everybody alike, so that it may be
// called again, and its answer given to several callers. A function that is not in the catalogue is none of that.
func Repeatable(name string) bool { return repeatable[name] }

var repeatable = func() map[string]bool {
	set := map[string]bool{}
	for _, f := range Functions() {
		set[f.Name] = f.ReadOnly && !f.Personal
	}
	return set
}()

// ReadsOnly reports whether a function of a name provably changes nothing. A function that is not in the catalogue is not known to.
func ReadsOnly(name string) bool { return readsOnly[name] }

var readsOnly = func() map[string]bool {
	set := map[string]bool{}
	for _, f := range Functions() {
		set[f.Name] = f.ReadOnly
	}
	return set
}()

// Functions returns all functions in the order of the documentation's list (3.3), each category followed by its obsolete functions.
func Functions() []Function {
	var all []Function
	for _, category := range [][]Function{
		commonFunctions, userFunctions, billFunctions, serviceFunctions, domainFunctions, zoneFunctions, dnssecFunctions, hostingFunctions,
		folderFunctions, shopFunctions,
	} {
		all = append(all, category...)
	}
	return all
}

// Find returns the function of a name.
func Find(name string) (Function, bool) {
	for _, f := range Functions() {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}
