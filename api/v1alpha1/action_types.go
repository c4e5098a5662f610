package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ActionType is what a person has to do for a domain.
//
// +kubebuilder:validation:Enum=ApproveQuote;Pay;SettleOrder;LookAtOrder;ConfirmTransfer;CorrectAuthInfo;UnlockTransfer;LookAtTransfer;ConfirmEmail
type ActionType string

// What a person may have to do.
const (
	// ActionApproveQuote: agree to the price of an Order.
	ActionApproveQuote ActionType = "ApproveQuote"
	// ActionPay: put money on the account.
	ActionPay ActionType = "Pay"
	// ActionSettleOrder: say what became of an Order that nothing tells of.
	ActionSettleOrder ActionType = "SettleOrder"
	// ActionLookAtOrder: change what keeps an Order from going on.
	ActionLookAtOrder ActionType = "LookAtOrder"
	// ActionConfirmTransfer: follow the letter of a transfer.
	ActionConfirmTransfer ActionType = "ConfirmTransfer"
	// ActionCorrectAuthInfo: correct the key of a transfer.
	ActionCorrectAuthInfo ActionType = "CorrectAuthInfo"
	// ActionUnlockTransfer: have the former registrar unlock the domain.
	ActionUnlockTransfer ActionType = "UnlockTransfer"
	// ActionLookAtTransfer: find out what keeps a transfer from going on.
	ActionLookAtTransfer ActionType = "LookAtTransfer"
	// ActionConfirmEmail: follow the letter by which the registrant's address is verified.
	ActionConfirmEmail ActionType = "ConfirmEmail"
)

// RequiredAction is something that a person has to do, as an answer to the operator's own calls has said.
type RequiredAction struct {
	Type ActionType `json:"type"`

	// since is when that was seen first.
	Since metav1.Time `json:"since"`

	// message says what to do.
	// +kubebuilder:validation:MaxLength=2048
	Message string `json:"message"`
}
