// Package door is what the plugin and the operator say to each other: an aggregated API of the API server of Kubernetes, which asks for
// each call whether the caller may make it.
//
// It owns the paths, the bodies in JSON, and which functions of REG.API go through. It knows neither a server nor a client. Every verb
// is a subresource of the object that it is about, so that a role names it like any other resource of Group. Start reading at Path.
package door

import (
	"encoding/json"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

const (
	// Group and Version of the API.
	Group   = "door.regapi.io"
	Version = "v1alpha1"
	// Prefix of all its paths.
	Prefix = "/apis/" + Group + "/" + Version
	// APIServiceName is the name that its APIService has to have.
	APIServiceName = Version + "." + Group
)

// Resources and their verbs. GET is the verb get, POST the verb create.
const (
	Accounts = "accounts"
	Domains  = "domains"
	DNSZones = "dnszones"
	Folders  = "folders"
	// Inventory of an Account: GET, with records=true for the records of its zones. It answers with holdings.Holdings; with folders=true
	// with FolderList.
	Inventory = "inventory"
	// Journal of an Account: GET, with after=NUMBER, function=PATTERN, domain=NAME, and wait=true until there is something. It answers with a Page.
	Journal = "journal"
	// Refresh of an Account: POST a RefreshRequest.
	Refresh = "refresh"
	// RawRead and RawWrite of an Account: POST a Call, and an Answer comes back.
	RawRead  = "rawread"
	RawWrite = "rawwrite"
	// Plan of a Domain, DNSZone or Folder: POST a PlanRequest, and a PlanAnswer comes back.
	Plan = "plan"
)

// ReasonRegistrar is the reason of a refusal that is REG.API's own.
const ReasonRegistrar = "RefusedByRegistrar"

// Path gives the path of a verb of an object.
func Path(namespace, resource, name, verb string) string {
	return Prefix + "/namespaces/" + namespace + "/" + resource + "/" + name + "/" + verb
}

// FolderList has manifests of the folders of an Account, without namespace and reference.
type FolderList struct {
	Folders []v1alpha1.Folder `json:"folders"`
}

// Page is a part of the journal.
type Page struct {
	Entries []journal.Entry `json:"entries"`
	// Last is the number to ask after next.
	Last int64 `json:"last"`
}

// RefreshRequest names domains that are to be read now; all of the Account if it names none.
type RefreshRequest struct {
	Domains []string `json:"domains,omitempty"`
}

// Refreshed says what was read.
type Refreshed struct {
	Domains int `json:"domains"`
	// Problems are the domains that could not be read, and why.
	Problems map[string]string `json:"problems,omitempty"`
}

// Call is one call of a function.
type Call struct {
	Function string         `json:"function"`
	Params   map[string]any `json:"params,omitempty"`
}

// Answer is what the function answered, without secrets.
type Answer struct {
	Answer json.RawMessage `json:"answer"`
}

// PlanRequest asks for the plan of an object: of the one that is there, or with a spec for what that would change.
type PlanRequest struct {
	// Spec of the object's kind.
	Spec json.RawMessage `json:"spec,omitempty"`
	// Many says that it is one of many that are asked for at a time, so that zones are read together and each waits for the others, for seconds.
	Many bool `json:"many,omitempty"`
}

// PlanAnswer is a whole plan.
type PlanAnswer struct {
	// Subject is the domain, or the name of the folder, that the object is for.
	Subject string `json:"subject"`
	// Changes of records are in zone-file notation, those of members are names, each with + or - before it, or > for what moves; others are sentences.
	Changes []string `json:"changes"`
	// Add and Remove count the records, or the members, that come and go.
	Add    int `json:"add"`
	Remove int `json:"remove"`
	// Hash by which the plan is approved, where Held says that it waits for that.
	Hash string `json:"hash,omitempty"`
	// Held is why it would not be carried out, as the reason of a condition, and Message says more.
	Held    string `json:"held,omitempty"`
	Message string `json:"message,omitempty"`
	// Refused is what of the spec no change makes true, and why.
	Refused []string `json:"refused,omitempty"`
	// Asked are values of somebody else that wait for approval.
	Asked []string `json:"asked,omitempty"`
	// Later is what follows by itself at another time.
	Later []string `json:"later,omitempty"`
	// Requests that carrying it out costs, about.
	Requests int `json:"requests"`
	// Charges are the money that it costs; none is none.
	Charges []Charge `json:"charges,omitempty"`
}

// Charge is money that a change costs, in roubles.
type Charge struct {
	What string `json:"what"`
	// Price by the registrar's list, "" where that does not say, and AtMost by the spec.
	Price  string `json:"price,omitempty"`
	AtMost string `json:"atMost,omitempty"`
}

// Serves says through which verb a function goes; none for what only a person with credentials of his own may call, and why.
func Serves(name string) (verb, why string) {
	function, known := catalog.Find(name)
	switch {
	case !known:
		return "", "the catalogue has no function of this name"
	case function.Charges:
		return "", "it may cost money"
	case function.Personal:
		return "", "its answer lets whoever has it into the account"
	case function.GivesAway:
		return "", "it may give something away"
	case function.ReadOnly:
		return RawRead, ""
	default:
		return RawWrite, ""
	}
}
