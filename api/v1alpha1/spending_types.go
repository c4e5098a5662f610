package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Spending says what may be bought with the money of an account. Without it nothing is.
type Spending struct {
	// operations that may be bought: Register, Transfer, Renew, Restore, ChangeNameServers.
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	Operations []OrderOperation `json:"operations"`

	// perOrder is the most that one order may cost, in roubles.
	PerOrder Money `json:"perOrder"`

	// perMonth is the most that all orders of the login may cost together in a month of Moscow's calendar, in roubles.
	PerMonth Money `json:"perMonth"`

	// namespaces whose Domains may spend: Same, that of the Account alone, or Allowed, those that allowedNamespaces lets in.
	// +optional
	// +kubebuilder:default=Same
	Namespaces SpendingNamespaces `json:"namespaces,omitempty"`

	// approval: WithinLimits buys what stays within perOrder, perMonth and the Domain's own limit; Manual waits for the digest of each quote in
	// the annotation regapi.io/approve-quote of the Account.
	// +optional
	// +kubebuilder:default=WithinLimits
	Approval SpendingApproval `json:"approval,omitempty"`

	// payment: TwoStep orders a bill that moves no money, reads its price, and pays exactly that bill. Direct pays with the call that orders, for
	// accounts that refuse the first; nobody knows the price before it is paid then, but from the list. Direct does not restore, and it registers
	// and transfers for Partners alone.
	// +optional
	// +kubebuilder:default=TwoStep
	Payment Payment `json:"payment,omitempty"`

	// pointOfSale names the system that orders, for the registrar's books, such as regpanel.ru.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	PointOfSale string `json:"pointOfSale,omitempty"`

	// enduserIP is the IPv4 address of who orders, which REG.API asks Partners for when they register a domain.
	// +optional
	// +kubebuilder:validation:Format=ipv4
	EnduserIP string `json:"enduserIP,omitempty"`
}

// Payment says in how many steps an order is paid.
//
// +kubebuilder:validation:Enum=TwoStep;Direct
type Payment string

// In how many steps an order is paid.
const (
	// PaymentTwoStep orders a bill first, and pays that.
	PaymentTwoStep Payment = "TwoStep"
	// PaymentDirect pays with the only call that there is.
	PaymentDirect Payment = "Direct"
)

// SpendingNamespaces says whose Domains may spend.
//
// +kubebuilder:validation:Enum=Same;Allowed
type SpendingNamespaces string

// Whose Domains may spend.
const (
	// SpendingSame is the namespace of the Account alone.
	SpendingSame SpendingNamespaces = "Same"
	// SpendingAllowed is every namespace that may use the Account.
	SpendingAllowed SpendingNamespaces = "Allowed"
)

// SpendingApproval says whether a person has to agree to each order.
//
// +kubebuilder:validation:Enum=WithinLimits;Manual
type SpendingApproval string

// Whether a person has to agree.
const (
	// ApprovalWithinLimits buys what stays within the limits.
	ApprovalWithinLimits SpendingApproval = "WithinLimits"
	// ApprovalManual waits for a person.
	ApprovalManual SpendingApproval = "Manual"
)

// RenewalMode says who renews a domain.
//
// +kubebuilder:validation:Enum=Ignore;None;Registrar;Operator
type RenewalMode string

// Who renews.
const (
	// RenewalIgnore touches nothing: whatever the registrar does goes on.
	RenewalIgnore RenewalMode = "Ignore"
	// RenewalNone switches the registrar's own renewal off, and nobody renews.
	RenewalNone RenewalMode = "None"
	// RenewalRegistrar switches the registrar's own renewal on.
	RenewalRegistrar RenewalMode = "Registrar"
	// RenewalOperator switches the registrar's own renewal off, and orders.
	RenewalOperator RenewalMode = "Operator"
)

// RestoreConsent says whether a domain may be restored.
//
// +kubebuilder:validation:Enum=Deny;Allow
type RestoreConsent string

// Whether a domain may be restored.
const (
	// RestoreDeny lets a domain go that can no longer be renewed.
	RestoreDeny RestoreConsent = "Deny"
	// RestoreAllow restores it, within restoreMaxPrice.
	RestoreAllow RestoreConsent = "Allow"
)

// Renewal says who renews a domain, when, and for how much.
//
// +kubebuilder:validation:XValidation:rule="!has(self.restore) || self.restore != 'Allow' || has(self.restoreMaxPrice)",message="renewal.restoreMaxPrice is missing: say how much one restoration may cost, such as 6000"
// +kubebuilder:validation:XValidation:rule="self.mode != 'Operator' || has(self.maxPrice)",message="renewal.maxPrice is missing: say how much one renewal may cost, such as 500"
type Renewal struct {
	// mode: Ignore touches nothing, and is the default. None switches the registrar's own renewal of the domain off. Registrar switches it on, where
	// spec.spending of the Account allows renewals; the registrar knows none of the limits. Operator switches it off and
	// orders a renewal when it is due, where spec.spending of the Account allows it.
	// +optional
	// +kubebuilder:default=Ignore
	Mode RenewalMode `json:"mode,omitempty"`

	// beforeDays is how many days before the last paid day a renewal is ordered. An order takes at least two days: it waits twice for effects of
	// what somebody else may have bought.
	// +optional
	// +kubebuilder:default=30
	// +kubebuilder:validation:Minimum=5
	// +kubebuilder:validation:Maximum=60
	BeforeDays int32 `json:"beforeDays,omitempty"`

	// years that one renewal buys.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10
	Years int32 `json:"years,omitempty"`

	// maxPrice is the most that one renewal may cost, for all its years, in roubles.
	// +optional
	MaxPrice Money `json:"maxPrice,omitempty"`

	// restore: Allow has the operator restore a domain that can no longer be renewed, as long as the zone takes it, where spec.spending of the
	// Account allows Restore. Deny lets it go, and is the default. It goes with mode Operator.
	// +optional
	// +kubebuilder:default=Deny
	Restore RestoreConsent `json:"restore,omitempty"`

	// restoreMaxPrice is the most that one restoration may cost, with its renewal, in roubles.
	// +optional
	RestoreMaxPrice Money `json:"restoreMaxPrice,omitempty"`
}

// RenewalStatus is how the renewal of a domain stands.
type RenewalStatus struct {
	// next is the day from which a renewal is ordered, as YYYY-MM-DD.
	// +optional
	// +kubebuilder:validation:Format=date
	Next string `json:"next,omitempty"`

	// until is the last day on which the zone lets the domain be renewed, as YYYY-MM-DD.
	// +optional
	// +kubebuilder:validation:Format=date
	Until string `json:"until,omitempty"`

	// restorableUntil is the last day on which the zone lets the domain be restored after that, as YYYY-MM-DD.
	// +optional
	// +kubebuilder:validation:Format=date
	RestorableUntil string `json:"restorableUntil,omitempty"`

	// registrarOffSince is when the registrar said that its own renewal is off. It cannot be read back.
	// +optional
	RegistrarOffSince *metav1.Time `json:"registrarOffSince,omitempty"`

	// registrarOnSince is when the registrar said that its own renewal is on. It cannot be read back.
	// +optional
	RegistrarOnSince *metav1.Time `json:"registrarOnSince,omitempty"`

	// order is the last Order for the domain, in the operator's namespace, and state how far that has come.
	// +optional
	// +kubebuilder:validation:MaxLength=264
	Order string `json:"order,omitempty"`
	// +optional
	State OrderState `json:"state,omitempty"`

	// message says why no renewal is ordered, where one is due.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}

// OrderSummary is what a Domain shows of an Order, which lies in the operator's namespace.
type OrderSummary struct {
	// name of the Order.
	// +kubebuilder:validation:MaxLength=264
	Name string `json:"name"`

	// operation that it buys.
	Operation OrderOperation `json:"operation"`

	// state and reason of the Order.
	// +optional
	State OrderState `json:"state,omitempty"`
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason,omitempty"`

	// price that it was quoted at, and cost, what was paid, in roubles.
	// +optional
	Price Money `json:"price,omitempty"`
	// +optional
	Cost Money `json:"cost,omitempty"`

	// digest of the quote, for who approves it.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Digest string `json:"digest,omitempty"`

	// bill is the registrar's number of its bill.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	Bill string `json:"bill,omitempty"`
}
