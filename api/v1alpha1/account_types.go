package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DefaultEndpoint is where REG.API v2 answers.
const DefaultEndpoint = "https://api.reg.ru/api/regru2/"

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

// AccountSpec says how to reach an account at REG.RU.
type AccountSpec struct {
	// secretRef names the Secret with the credentials, in the namespace of the Account. Its keys are username and password.
	// An account with an uploaded certificate also needs tls.crt and tls.key; without a password these sign the requests.
	SecretRef SecretReference `json:"secretRef"`

	// endpoint is the address of REG.API: HTTPS, or HTTP on a loopback address (a simulator).
	// +optional
	// +kubebuilder:default="https://api.reg.ru/api/regru2/"
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getQuery().size() == 0",message="not a usable address: write a URL without a query, such as https://api.reg.ru/api/regru2/"
	// +kubebuilder:validation:XValidation:rule="!isURL(self) || url(self).getScheme() == 'https' || (url(self).getScheme() == 'http' && url(self).getHostname() in ['localhost', '127.0.0.1', '::1', '[::1]'])",message="credentials travel with every request: use https (http is accepted for localhost, 127.0.0.1 and [::1] only)"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@')",message="the address holds no credentials: put them into the Secret that secretRef names"
	Endpoint string `json:"endpoint,omitempty"`
}

// SecretReference names a Secret in the same namespace.
type SecretReference struct {
	// name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
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
}

// Account is a login at REG.RU: the credentials and the endpoint that domains and zones are managed with.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=regapi,shortName=regacc
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="User ID",type=string,JSONPath=`.status.userID`
// +kubebuilder:printcolumn:name="Endpoint",type=string,priority=1,JSONPath=`.spec.endpoint`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Account struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   AccountSpec   `json:"spec"`
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
