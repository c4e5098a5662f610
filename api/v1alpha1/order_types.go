package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// OrderFinalizer holds an Order while it is open: what is bought under it must not be forgotten.
const OrderFinalizer = "regapi.io/order"

const (
	// LabelLogin has the login of an Order, by a name that tells nothing about it.
	LabelLogin = "regapi.io/login"
	// LabelDomain has the domain of an Order in its ASCII form; what is longer than a label may be is cut, and a hash of all of it follows.
	LabelDomain = "regapi.io/domain"
	// AnnotationSettle on an Order says what the operator cannot know of it: Paid, or NotPaid.
	AnnotationSettle = "regapi.io/settle"
	// AnnotationAskedBy on an Order says which Domain asked for it, and in which generation.
	AnnotationAskedBy = "regapi.io/asked-by"
	// AnnotationApproveQuote on an Account or a Domain has the digests of the quotes that its owner approves, separated by commas.
	AnnotationApproveQuote = "regapi.io/approve-quote"
	// AnnotationSpentThisMonth on an Account says what was spent in a month before its ledger began, such as 2026-05=199.00.
	AnnotationSpentThisMonth = "regapi.io/spent-before"
)

// Money is an amount in roubles, such as 199 or 199.50.
//
// +kubebuilder:validation:MaxLength=12
// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{1,9}([.][0-9]{1,2})?$')",message="not an amount: write up to nine digits and at most two decimals, such as 199.50"
type Money string

// OrderOperation is what costs money.
//
// +kubebuilder:validation:Enum=Register;Transfer;Renew;Restore;ChangeNameServers
type OrderOperation string

// What costs money.
const (
	// OperationRegister registers a domain.
	OperationRegister OrderOperation = "Register"
	// OperationTransfer takes a domain over from another registrar.
	OperationTransfer OrderOperation = "Transfer"
	// OperationRenew prolongs a domain.
	OperationRenew OrderOperation = "Renew"
	// OperationRestore renews a domain that can only be redeemed any more, at the price of that.
	OperationRestore OrderOperation = "Restore"
	// OperationChangeNameServers delegates a domain to other name servers, where its zone takes money for that.
	OperationChangeNameServers OrderOperation = "ChangeNameServers"
)

// OrderSpec says what is bought. It never changes: what limits it is read where it stands, in the Account and in the Domain.
//
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an Order never changes: the operator makes the next one"
// +kubebuilder:validation:XValidation:rule="has(self.serviceID) == (self.operation in ['Renew', 'Restore', 'ChangeNameServers']) && has(self.baseExpiry) == (self.operation in ['Renew', 'Restore'])",message="serviceID and baseExpiry go with Renew and Restore, serviceID with ChangeNameServers, and neither with others"
// +kubebuilder:validation:XValidation:rule="has(self.nameServers) == (self.operation == 'ChangeNameServers')",message="nameServers go with ChangeNameServers, and not with others"
// +kubebuilder:validation:XValidation:rule="(self.years == 0) == (self.operation == 'ChangeNameServers')",message="years go with all operations but ChangeNameServers, for which they are 0"
// +kubebuilder:validation:XValidation:rule="self.operation != 'ChangeNameServers' || (has(self.payment) && self.payment == 'Direct')",message="payment of ChangeNameServers is Direct: REG.API makes no bill for it beforehand"
type OrderSpec struct {
	// domainName in ASCII.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=253
	DomainName string `json:"domainName"`

	// operation: Register, Transfer, Renew, Restore or ChangeNameServers.
	Operation OrderOperation `json:"operation"`

	// endpoint and userID are the login that pays.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Endpoint string `json:"endpoint"`

	// userID is the number that REG.API knows the login by.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	UserID string `json:"userID"`

	// serviceID is the number of the domain at the registrar, where it is there already.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	ServiceID string `json:"serviceID,omitempty"`

	// baseExpiry is the last paid day that the renewal begins from, as the registrar wrote it.
	// +optional
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=10
	BaseExpiry string `json:"baseExpiry,omitempty"`

	// years that are bought; 0 for ChangeNameServers.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10
	Years int32 `json:"years"`

	// nameServers that the domain is to be delegated to, each with its addresses behind it where it has any, such as "ns1.example.md 192.0.2.1".
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:validation:items:MaxLength=450
	NameServers []string `json:"nameServers,omitempty"`

	// payment: TwoStep, which is meant where nothing stands here, or Direct.
	// +optional
	Payment Payment `json:"payment,omitempty"`
}

// OrderState is how far an Order has come.
//
// +kubebuilder:validation:Enum="";Quoted;AwaitingApproval;Blocked;Reserved;Placing;Placed;Paying;Paid;Settled;Refused;Withdrawn;Unclear
type OrderState string

// OrderBill is the bill of an Order.
type OrderBill struct {
	// id is the registrar's number of the bill.
	// +kubebuilder:validation:MaxLength=32
	ID string `json:"id"`

	// price that the bill asks for.
	// +optional
	Price Money `json:"price,omitempty"`

	// knownAt is when the number was written here.
	// +optional
	KnownAt *metav1.Time `json:"knownAt,omitempty"`

	// removing says that the bill is to be deleted, and removed that the registrar has done so.
	// +optional
	Removing bool `json:"removing,omitempty"`
	// +optional
	Removed bool `json:"removed,omitempty"`
}

// OrderStatus is everything that is known of an Order. A step is written here before it is taken.
type OrderStatus struct {
	// observedGeneration is the generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready, and Reconciling or Stalled while they hold.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// state: Quoted, AwaitingApproval, Blocked, Reserved, Placing, Placed, Paying, Paid; Settled, Refused and Withdrawn are the end; Unclear
	// waits for a person.
	// +optional
	State OrderState `json:"state,omitempty"`

	// reason of the state, such as CeilingReached.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason,omitempty"`

	// price by the registrar's list, for all years, in roubles.
	// +optional
	Price Money `json:"price,omitempty"`

	// digest names this purchase at this price, for who approves it.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Digest string `json:"digest,omitempty"`

	// quotedAt is when the price was read.
	// +optional
	QuotedAt *metav1.Time `json:"quotedAt,omitempty"`

	// lookedAt is when nothing was first found in the way. A day later it has to be so still.
	// +optional
	LookedAt *metav1.Time `json:"lookedAt,omitempty"`

	// placingAt is when the call to order was last about to be made, and calls how often that was.
	// +optional
	PlacingAt *metav1.Time `json:"placingAt,omitempty"`
	// +optional
	Calls int32 `json:"calls,omitempty"`

	// bill of the order, once its number is known.
	// +optional
	Bill *OrderBill `json:"bill,omitempty"`

	// payingAt is when the payment was last about to be made, and paidAt when it was seen.
	// +optional
	PayingAt *metav1.Time `json:"payingAt,omitempty"`
	// +optional
	PaidAt *metav1.Time `json:"paidAt,omitempty"`

	// oddSince is since when the registrar says nothing of the bill that decides.
	// +optional
	OddSince *metav1.Time `json:"oddSince,omitempty"`

	// cost is what was paid, in roubles.
	// +optional
	Cost Money `json:"cost,omitempty"`

	// errorCode is what the registrar refused with.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	ErrorCode string `json:"errorCode,omitempty"`
}

// Order is a purchase at REG.RU. The operator makes it, in its own namespace, for a Domain that asks for it; nobody else does.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=regapi,shortName=regorder
// +kubebuilder:printcolumn:name="Domain",type=string,JSONPath=`.spec.domainName`
// +kubebuilder:printcolumn:name="Operation",type=string,JSONPath=`.spec.operation`
// +kubebuilder:printcolumn:name="Price",type=string,JSONPath=`.status.price`
// +kubebuilder:printcolumn:name="Bill",type=string,JSONPath=`.status.bill.id`
// +kubebuilder:printcolumn:name="State",type=string,JSONPath=`.status.state`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.reason`
// +kubebuilder:printcolumn:name="Cost",type=string,priority=1,JSONPath=`.status.cost`
// +kubebuilder:printcolumn:name="Digest",type=string,priority=1,JSONPath=`.status.digest`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.matches('^.+[.][1-9][0-9]*$') && self.metadata.name.startsWith(self.spec.domainName + '.')",message="an Order is named after its domain and its ordinal, such as example.ru.1"
type Order struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec OrderSpec `json:"spec"`

	// status is what is known of the order. Its observedGeneration is -1 until somebody has looked: so that kstatus, and with it Flux, takes a
	// new object for one in progress.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status OrderStatus `json:"status,omitempty"`
}

// OrderList is a list of orders.
//
// +kubebuilder:object:root=true
type OrderList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Order `json:"items"`
}

// GetConditions gives access to the conditions of the status.
func (o *Order) GetConditions() *[]metav1.Condition { return &o.Status.Conditions }

// SetObservedGeneration records the generation that the status speaks of.
func (o *Order) SetObservedGeneration(generation int64) { o.Status.ObservedGeneration = generation }
