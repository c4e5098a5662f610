package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DefaultEndpoint is where REG.API v2 answers.
const DefaultEndpoint = "https://api.reg.ru/api/regru2/"

// AccountFinalizer holds an Account while a DNSZone or Folder with deletionPolicy Delete refers to it.
const AccountFinalizer = "regapi.io/account"

// Keys of the Secret that an Account names.
const (
	// SecretKeyUsername holds the login.
	SecretKeyUsername = "username"
	// SecretKeyPassword holds the API password. Without it requests are signed with tls.key.
	SecretKeyPassword = "password"
	// SecretKeyCertificate holds the client certificate in PEM, for accounts that have one uploaded.
	SecretKeyCertificate = "tls.crt"
	// SecretKeyPrivateKey holds the RSA key of the client certificate in PEM.
	SecretKeyPrivateKey = "tls.key"
)

const (
	// SecretTypeCredentials is the type of a Secret that is for REG.API and nothing else. Opaque ones do as well.
	SecretTypeCredentials = "regapi.io/credentials"
	// LabelCredentials with the value "true" says of a Secret of another type that it is for REG.API.
	LabelCredentials = "regapi.io/credentials"
)

// AccountSpec says how to reach an account at REG.RU.
type AccountSpec struct {
	// secretRef names the Secret with the credentials, in the namespace of the Account. Its keys are username and password. It is of type
	// Opaque or regapi.io/credentials, or has the label regapi.io/credentials: "true".
	// An account with an uploaded certificate also needs tls.crt and tls.key; without a password these sign the requests.
	SecretRef SecretReference `json:"secretRef"`

	// endpoint is the address of REG.API: one of those that the operator's flag --endpoints allows, which is REG.RU's by default. It is
	// HTTPS, or HTTP on a loopback address (a simulator).
	// +optional
	// +kubebuilder:default="https://api.reg.ru/api/regru2/"
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getQuery().size() == 0",message="not a usable address: write a URL without a query, such as https://api.reg.ru/api/regru2/"
	// +kubebuilder:validation:XValidation:rule="!isURL(self) || url(self).getScheme() == 'https' || (url(self).getScheme() == 'http' && url(self).getHostname() in ['localhost', '127.0.0.1', '::1', '[::1]'])",message="credentials travel with every request: use https (http is accepted for localhost, 127.0.0.1 and [::1] only)"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@')",message="the address holds no credentials: put them into the Secret that secretRef names"
	Endpoint string `json:"endpoint,omitempty"`

	// budget bounds the requests that the operator makes for this login. Accounts that share a login share a budget, the smallest of theirs.
	// +optional
	Budget *Budget `json:"budget,omitempty"`

	// allowedNamespaces says from which namespaces objects may refer to this Account; only its own by default.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`

	// externalDNS says whether external-dns may manage records of its own in the zones of this account, through the operator's webhook
	// provider: Enabled serves every domain of the account, with a DNSZone or without, unless its DNSZone says Disabled; Disabled serves
	// those whose DNSZone says Enabled.
	// +optional
	// +kubebuilder:default=Disabled
	ExternalDNS ExternalDNS `json:"externalDNS,omitempty"`

	// balance says whether status.balance shows the balance of the account: Shown, or Hidden, since whoever may list Accounts reads it there.
	// +optional
	// +kubebuilder:default=Hidden
	Balance BalanceVisibility `json:"balance,omitempty"`

	// spending says what may be bought with the money of this account. Without it nothing is.
	// +optional
	Spending *Spending `json:"spending,omitempty"`
}

// BalanceVisibility says whether the balance of an account is shown.
//
// +kubebuilder:validation:Enum=Hidden;Shown
type BalanceVisibility string

// Whether the balance is shown.
const (
	// BalanceHidden keeps the balance out of the status.
	BalanceHidden BalanceVisibility = "Hidden"
	// BalanceShown has the balance in the status, with every sweep.
	BalanceShown BalanceVisibility = "Shown"
)

// FromNamespaces says which namespaces are meant.
//
// +kubebuilder:validation:Enum=Same;All;Selector
type FromNamespaces string

// The namespaces that can be meant.
const (
	// NamespacesSame is the namespace of the Account alone.
	NamespacesSame FromNamespaces = "Same"
	// NamespacesAll is every namespace.
	NamespacesAll FromNamespaces = "All"
	// NamespacesSelector is every namespace that a selector matches, and that of the Account.
	NamespacesSelector FromNamespaces = "Selector"
)

// AllowedNamespaces says from which namespaces an Account may be used.
//
// +kubebuilder:validation:XValidation:rule="(self.from == 'Selector') == has(self.selector)",message="selector goes with from: Selector, and only with that"
// +kubebuilder:validation:XValidation:rule="!has(self.domains) || self.from != 'Same'",message="domains bounds what other namespaces may use: it goes with from: All or from: Selector"
type AllowedNamespaces struct {
	// from: Same, All or Selector.
	// +optional
	// +kubebuilder:default=Same
	From FromNamespaces `json:"from,omitempty"`

	// selector of namespaces by their labels.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`

	// domains that these namespaces may use, such as example.ru or пример.рф; every domain of the account where it is not given. The
	// Account's own namespace may use every domain.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=3
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?([.][\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?)+$')",message="not a domain name: write labels of letters, digits and inner hyphens joined by dots, without a star and without a final dot, such as example.ru"
	Domains []string `json:"domains,omitempty"`
}

// DefaultRequestsPerHour leaves a tenth of what REG.API grants to people and other programs.
const DefaultRequestsPerHour = 1080

// Budget bounds requests.
type Budget struct {
	// requestsPerHour in any hour. REG.API grants 1200 per user and per source address, to everybody who uses them together.
	// +optional
	// +kubebuilder:default=1080
	// +kubebuilder:validation:Minimum=60
	// +kubebuilder:validation:Maximum=1200
	RequestsPerHour int32 `json:"requestsPerHour,omitempty"`
}

// RequestsPerHour gives the budget of the account, the default where the spec has none.
func (s *AccountSpec) RequestsPerHour() int {
	if s.Budget == nil || s.Budget.RequestsPerHour == 0 {
		return DefaultRequestsPerHour
	}
	return int(s.Budget.RequestsPerHour)
}

// SecretReference names a Secret in the same namespace.
type SecretReference struct {
	// name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// Capability is what kind of account it is.
//
// +kubebuilder:validation:Enum=Partner;Ordinary
type Capability string

// The capabilities.
const (
	// CapabilityPartner accounts may call zone/update_records (9.12).
	CapabilityPartner Capability = "Partner"
	// CapabilityOrdinary accounts make one kind of change per request.
	CapabilityOrdinary Capability = "Ordinary"
)

// BudgetStatus is what is left of the hour's requests. It is coarse, so that it does not change with every request.
type BudgetStatus struct {
	// requestsPerHour that the budget allows.
	// +optional
	RequestsPerHour int32 `json:"requestsPerHour,omitempty"`

	// left is how many requests are left, rounded down to a tenth of the budget.
	// +optional
	Left int32 `json:"left,omitempty"`

	// refillsAt is when the first of the requests that are spent come back, while less than a tenth is left.
	// +optional
	RefillsAt *metav1.Time `json:"refillsAt,omitempty"`
}

// AccountStatus is what the operator last saw of the account.
type AccountStatus struct {
	// observedGeneration is the generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready, and Reconciling or Stalled while they hold.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// userID is the number that REG.API knows the account by.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	UserID string `json:"userID,omitempty"`

	// secretVersion is the resourceVersion of the Secret that was used last. It wakes what waits for new credentials.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	SecretVersion string `json:"secretVersion,omitempty"`

	// id is a short name of the login that tells nothing about it. Metrics are labelled with it.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	ID string `json:"id,omitempty"`

	// capability of the account: Partner accounts change many zones differently with one request. It is found out, not configured.
	// +optional
	Capability Capability `json:"capability,omitempty"`

	// domains is how many domains the account holds.
	// +optional
	Domains int32 `json:"domains,omitempty"`

	// zones is how many zones are managed with it.
	// +optional
	Zones int32 `json:"zones,omitempty"`

	// balance of the account with its currency, such as "1000.50 RUR", where spec.balance says Shown.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Balance string `json:"balance,omitempty"`

	// budget shows what is left of the hour's requests, as of the last sweep.
	// +optional
	Budget BudgetStatus `json:"budget,omitempty,omitzero"`
}

// Account is a login at REG.RU: the credentials and the endpoint that domains and zones are managed with.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=regapi,shortName=regacc
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Kind",type=string,JSONPath=`.status.capability`
// +kubebuilder:printcolumn:name="Domains",type=integer,JSONPath=`.status.domains`
// +kubebuilder:printcolumn:name="Zones",type=integer,JSONPath=`.status.zones`
// +kubebuilder:printcolumn:name="Balance",type=string,JSONPath=`.status.balance`
// +kubebuilder:printcolumn:name="Budget left",type=integer,JSONPath=`.status.budget.left`
// +kubebuilder:printcolumn:name="User ID",type=string,priority=1,JSONPath=`.status.userID`
// +kubebuilder:printcolumn:name="Endpoint",type=string,priority=1,JSONPath=`.spec.endpoint`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Account struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec AccountSpec `json:"spec"`

	// status is what the operator last saw. Its observedGeneration is -1 until somebody has looked: so that kstatus, and with it Flux, takes
	// a new object for one in progress.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status AccountStatus `json:"status,omitempty"`
}

// AccountList is a list of accounts.
//
// +kubebuilder:object:root=true
type AccountList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Account `json:"items"`
}

// GetConditions gives access to the conditions of the status.
func (a *Account) GetConditions() *[]metav1.Condition { return &a.Status.Conditions }

// SetObservedGeneration records the generation that the status speaks of.
func (a *Account) SetObservedGeneration(generation int64) { a.Status.ObservedGeneration = generation }
