package regapitest

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// The document that a state is saved as. Things refer to each other by their numbers and names; saving and restoring stand in save.go and restore.go,
// and a test holds them against each other.

// savedVersion is that of the document's form.
const savedVersion = 1

type savedState struct {
	Version   int                    `json:"version"`
	Now       time.Time              `json:"now"`
	Chance    []byte                 `json:"chance"`
	Behaviour Behaviour              `json:"behaviour"`
	Day       string                 `json:"day"`
	NextID    int64                  `json:"nextID"`
	Overdue   bool                   `json:"overdue,omitempty"`
	Accounts  []savedAccount         `json:"accounts"`
	Services  []savedService         `json:"services"`
	Bills     []savedBill            `json:"bills,omitempty"`
	Late      []savedLate            `json:"late,omitempty"`
	Registry  []savedName            `json:"registry,omitempty"`
	Pending   []int64                `json:"pending,omitempty"`
	Held      []int64                `json:"held,omitempty"`
	Prices    map[string]savedPrices `json:"prices,omitempty"`
	Offers    []savedOffer           `json:"offers,omitempty"`
	Lots      []savedLot             `json:"lots,omitempty"`
	Folders   []savedFolder          `json:"folders,omitempty"`
}

type savedAccount struct {
	Account
	Prepay       int64             `json:"prepaid"`
	BlockedMoney int64             `json:"blockedMoney,omitempty"`
	Credit       int64             `json:"creditLine,omitempty"`
	Books        Books             `json:"books"`
	JelasticURL  string            `json:"jelasticURL,omitempty"`
	BlockedUntil time.Time         `json:"blockedUntil"`
	Failures     map[string]int    `json:"failures,omitempty"`
	ResellerURLs map[string]string `json:"resellerURLs,omitempty"`
}

// savedService is a service, or a domain; Gone is one that nobody can ask for any more and that bills still name.
type savedService struct {
	Service
	Owner    string         `json:"owner"`
	Gone     bool           `json:"gone,omitempty"`
	Forwards []savedForward `json:"forwards,omitempty"`
	Balance  int64          `json:"balance,omitempty"`
	Lapsed   bool           `json:"lapsed,omitempty"`
	Past     bool           `json:"past,omitempty"`
	Held     *savedDomain   `json:"held,omitempty"`
}

type savedForward struct{ From, To, Kind, Title string }

type savedDomain struct {
	NameServers   []string            `json:"nameServers,omitempty"`
	Undelegated   bool                `json:"undelegated,omitempty"`
	Contacts      map[string]string   `json:"contacts,omitempty"`
	PrivatePerson bool                `json:"privatePerson,omitempty"`
	RenewPrice    int64               `json:"renewPrice,omitempty"`
	Hosts         map[string][]string `json:"hosts,omitempty"`
	Verification  string              `json:"verification,omitempty"`
	Zone          dnszone.Saved       `json:"zone"`
	DNSSEC        savedDNSSEC         `json:"dnssec"`
	Process       *savedProcess       `json:"process,omitempty"`
	Bid           *savedBid           `json:"bid,omitempty"`
}

type savedDNSSEC struct {
	Unsupported bool         `json:"unsupported,omitempty"`
	Current     savedSigning `json:"current"`
	Next        savedSigning `json:"next"`
	Until       time.Time    `json:"until"`
	Generation  int          `json:"generation,omitempty"`
}

// savedSigning has records in the form of zone files.
type savedSigning struct {
	Enabled bool     `json:"enabled,omitempty"`
	Keys    []string `json:"keys,omitempty"`
	Parent  []string `json:"parent,omitempty"`
}

type savedProcess struct {
	Transfer      bool      `json:"transfer,omitempty"`
	Years         int       `json:"years,omitempty"`
	Until         time.Time `json:"until"`
	AuthInfo      string    `json:"authInfo,omitempty"`
	Confirmed     bool      `json:"confirmed,omitempty"`
	TakesContacts bool      `json:"takesContacts,omitempty"`
	TakesServers  bool      `json:"takesServers,omitempty"`
	Done          bool      `json:"done,omitempty"`
	Failed        bool      `json:"failed,omitempty"`
	Instalment    bool      `json:"instalment,omitempty"`
	Autopay       bool      `json:"autopay,omitempty"`
}

type savedBill struct {
	ID          int64        `json:"id"`
	Owner       string       `json:"owner"`
	Created     string       `json:"created"`
	Due         string       `json:"due"`
	Payed       string       `json:"payed,omitempty"`
	FromBalance bool         `json:"fromBalance,omitempty"`
	Confirmed   bool         `json:"confirmed,omitempty"`
	Gone        bool         `json:"gone,omitempty"`
	PayType     string       `json:"payType"`
	Currency    string       `json:"currency"`
	Amount      int64        `json:"amount"`
	Orders      []savedOrder `json:"orders"`
}

// savedOrder names services by their numbers; 0 is none.
type savedOrder struct {
	Service  int64             `json:"service,omitempty"`
	Action   string            `json:"action"`
	Amount   int64             `json:"amount"`
	Effect   effect            `json:"effect"`
	Periods  int               `json:"periods,omitempty"`
	Unit     string            `json:"unit,omitempty"`
	Replaced int64             `json:"replaced,omitempty"`
	Returned int64             `json:"returned,omitempty"`
	Servers  []string          `json:"servers,omitempty"`
	Contacts map[string]string `json:"contacts,omitempty"`
	PaidBack bool              `json:"paidBack,omitempty"`
}

// savedLate is the order of a bill, by its place in it, that does not show yet.
type savedLate struct {
	Bill  int64     `json:"bill"`
	Order int       `json:"order"`
	At    time.Time `json:"at"`
}

type savedName struct {
	RegistryName
	Kopecks [4]int64 `json:"kopecks"`
	// Bids are the numbers of the domains that bids are to win.
	Bids []int64 `json:"bids,omitempty"`
}

type savedBid struct {
	Login      string `json:"login"`
	Amount     int64  `json:"amount"`
	Paid       int64  `json:"paid"`
	Instalment bool   `json:"instalment,omitempty"`
	Autopay    bool   `json:"autopay,omitempty"`
}

type savedPrices struct {
	Register *int64 `json:"register,omitempty"`
	Renew    *int64 `json:"renew,omitempty"`
	Restore  *int64 `json:"restore,omitempty"`
	Update   *int64 `json:"update,omitempty"`
}

type savedOffer struct {
	ID      int64   `json:"id"`
	From    string  `json:"from"`
	To      string  `json:"to"`
	Domains []int64 `json:"domains"`
}

type savedLot struct {
	Lot
	Domain int64  `json:"domain"`
	Amount int64  `json:"amount"`
	Edited string `json:"edited"`
	Hits   int64  `json:"hits"`
}

type savedFolder struct {
	ID      int64   `json:"id"`
	Name    string  `json:"name"`
	Owner   string  `json:"owner"`
	Members []int64 `json:"members,omitempty"`
}
