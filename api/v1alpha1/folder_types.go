package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Membership says what a folder may hold beside its members.
//
// +kubebuilder:validation:Enum=Additive;Exclusive
type Membership string

// The kinds of membership.
const (
	// MembershipAdditive leaves alone what others have put into the folder.
	MembershipAdditive Membership = "Additive"
	// MembershipExclusive takes out whatever is no member.
	MembershipExclusive Membership = "Exclusive"
)

// SelectFrom says in which namespaces a selector looks.
//
// +kubebuilder:validation:Enum=Same;Allowed
type SelectFrom string

// Where a selector looks.
const (
	// SelectFromSame is the namespace of the Folder alone.
	SelectFromSame SelectFrom = "Same"
	// SelectFromAllowed is every namespace that the Account allows; for a Folder in the Account's own namespace.
	SelectFromAllowed SelectFrom = "Allowed"
)

// FolderMember is a service to put into the folder.
//
// +kubebuilder:validation:XValidation:rule="has(self.domainName) != has(self.serviceID)",message="name a domain by domainName or a service by serviceID, one of the two"
type FolderMember struct {
	// domainName is a domain of the account, such as example.ru or пример.рф.
	// +optional
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?([.][\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?)+$')",message="not a domain name: write labels of letters, digits and inner hyphens joined by dots, without a final dot, such as example.ru"
	DomainName string `json:"domainName,omitempty"`

	// serviceID is the number by which REG.API knows a domain or another service, such as hosting.
	// +optional
	// +kubebuilder:validation:Pattern=`^[1-9][0-9]{0,17}$`
	ServiceID string `json:"serviceID,omitempty"`
}

// FolderGuard keeps a slip from emptying an exclusive folder: a plan that takes out more than this has to be approved first. So does one that
// would take out everything and put nothing in. What moves to the folder of another Folder does not count.
type FolderGuard struct {
	// maxPercent of what the folder holds that a plan may take out.
	// +optional
	// +kubebuilder:default=30
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	MaxPercent *int32 `json:"maxPercent,omitempty"`

	// minMembers that the folder has to hold for the percentage to count.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	MinMembers *int32 `json:"minMembers,omitempty"`
}

// FolderSpec says what a folder of the account has to hold.
//
// What is declared is owned: what leaves the spec, or the selection, is taken out. What nobody declared is left alone, unless membership is
// Exclusive. Taking a service out of a folder changes nothing about the service itself.
type FolderSpec struct {
	// accountRef names the Account that has the folder.
	AccountRef AccountReference `json:"accountRef"`

	// folderName is the name of the folder at the registrar; the name of this object by default. A folder of that name that exists is adopted,
	// else one is made. A change renames the folder.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self == self.trim() && !self.matches('[\\\\p{Cc}]')",message="write the name without blanks at its ends and without control characters"
	FolderName string `json:"folderName,omitempty"`

	// members to put into the folder, by name or by number.
	//
	// The list is atomic, since the record of who set which of thousands of names would be larger than the names themselves.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=3000
	Members []FolderMember `json:"members,omitempty"`

	// selector of further members by the labels of Domain objects that name the same Account, or another of the same login. An empty one selects
	// every such Domain; without one none is selected.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`

	// selectFrom says where the selector looks: Same, in the namespace of this object; Allowed, also in those that the Account allows in
	// spec.allowedNamespaces, for which this object has to lie in the namespace of the Account.
	// +optional
	// +kubebuilder:default=Same
	SelectFrom SelectFrom `json:"selectFrom,omitempty"`

	// membership: Additive leaves alone what others have put into the folder; Exclusive takes out whatever is no member.
	// +optional
	// +kubebuilder:default=Additive
	Membership Membership `json:"membership,omitempty"`

	// managementPolicy: Manage makes the folder hold what the spec says; Observe writes nothing and says in status.plan what Manage would change.
	// +optional
	// +kubebuilder:default=Manage
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`

	// deletionGuard stops a plan of an exclusive folder that takes out too much until it is approved.
	// +optional
	DeletionGuard *FolderGuard `json:"deletionGuard,omitempty"`

	// deletionPolicy says what becomes of the folder when this object is deleted: Retain leaves it as it is; Delete deletes it, if it holds
	// nothing but what this object declared. The services themselves stay in any case.
	// +optional
	// +kubebuilder:default=Retain
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// FolderClaim is what is known of an object's right to its folder.
type FolderClaim struct {
	// login that the folder is claimed of, by a name that tells nothing about it. Without one the object counts for nothing.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Login string `json:"login,omitempty"`

	// folderName that is claimed.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	FolderName string `json:"folderName,omitempty"`

	// rules says that this object ruled the folder when it was looked at last. Of several objects of one login it goes on ruling, but for
	// one in the Account's own namespace.
	// +optional
	Rules bool `json:"rules,omitempty"`
}

// OwnedMembers are the services that this object declares or has declared, and may therefore take out. The lists are the distances between
// their numbers, in base64.
type OwnedMembers struct {
	// confirmed were seen in the folder.
	// +optional
	Confirmed []byte `json:"confirmed,omitempty"`

	// pending are about to be put in. It is written before REG.API is asked, so that a crash never loses track of one.
	// +optional
	Pending []byte `json:"pending,omitempty"`
}

// FolderPlan is what would change in the folder. It is there while something keeps it from being carried out.
type FolderPlan struct {
	// hash names exactly this plan: the annotation regapi.io/approve-plan with it as value approves it.
	// +kubebuilder:validation:MaxLength=64
	Hash string `json:"hash"`

	// create says that the folder would be made.
	// +optional
	Create bool `json:"create,omitempty"`

	// renameFrom is the present name of the folder, if it would be renamed.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	RenameFrom string `json:"renameFrom,omitempty"`

	// add is how many services would be put in.
	Add int32 `json:"add"`

	// remove is how many services would be taken out.
	Remove int32 `json:"remove"`

	// move is how many services would go to the folder of another Folder.
	Move int32 `json:"move"`

	// changes are the first of them: with + for what comes, - for what goes, > for what moves.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MaxLength=512
	Changes []string `json:"changes,omitempty"`
}

// FolderApprovals are the approvals of a folder, each of which serves once.
type FolderApprovals struct {
	// usedPlans is how many have been used up; the hashes of later plans differ from theirs.
	// +optional
	UsedPlans int32 `json:"usedPlans,omitempty"`

	// plan has the services whose leaving was approved and that are not all out yet.
	// +optional
	Plan []byte `json:"plan,omitempty"`
}

// RefusedMember is a member that is not in the folder.
type RefusedMember struct {
	// member as it was declared.
	// +kubebuilder:validation:MaxLength=512
	Member string `json:"member"`

	// reason why, as one word: an error code of REG.API, or a reason of the operator's own.
	// +kubebuilder:validation:MaxLength=128
	Reason string `json:"reason"`

	// message says what is wrong with it and what to do.
	// +kubebuilder:validation:MaxLength=2048
	Message string `json:"message"`
}

// FolderStatus is what the operator last saw of the folder.
type FolderStatus struct {
	// observedGeneration is the generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready, and Reconciling or Stalled while they hold.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// folderID is the number that REG.API knows the folder by.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	FolderID string `json:"folderID,omitempty"`

	// folderName is the name that the folder was last seen with, or given.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	FolderName string `json:"folderName,omitempty"`

	// claim is this object's right to the folder, as it was seen last: it holds through outages and restarts.
	// +optional
	Claim *FolderClaim `json:"claim,omitempty"`

	// services is how many services were seen in the folder.
	// +optional
	Services int32 `json:"services"`

	// members is how many members of the spec, selected ones included, were seen in the folder.
	// +optional
	Members int32 `json:"members"`

	// missing is how many members of the spec were not.
	// +optional
	Missing int32 `json:"missing"`

	// readAt is when the folder was read for what this status shows. A later reading that showed the same is not written down.
	// +optional
	ReadAt *metav1.Time `json:"readAt,omitempty"`

	// owned are the services that this object may take out.
	// +optional
	Owned OwnedMembers `json:"owned,omitempty,omitzero"`

	// yielded are members that an older Folder has in its folder, and that REG.API keeps in one folder alone; in the form of owned.
	// +optional
	Yielded []byte `json:"yielded,omitempty"`

	// creatingSince is when REG.API was last asked to make the folder, as long as the folder has not been seen.
	// +optional
	CreatingSince *metav1.Time `json:"creatingSince,omitempty"`

	// plan is what would change in the folder, while managementPolicy, a pause or the deletion guard keeps it from being carried out.
	// +optional
	Plan *FolderPlan `json:"plan,omitempty"`

	// approvals that were given.
	// +optional
	Approvals FolderApprovals `json:"approvals,omitempty,omitzero"`

	// refused lists the members that are not in the folder, up to a hundred.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Refused []RefusedMember `json:"refused,omitempty"`

	// settled names what the folder was last found in order for: the spec, the selection and what was approved. Until that changes the folder
	// waits for its turn to be read, also after a restart.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Settled string `json:"settled,omitempty"`
}

// Folder is a folder of an account at REG.RU, which groups domains and other services.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=regapi,shortName=regfold
// +kubebuilder:printcolumn:name="Folder",type=string,JSONPath=`.status.folderName`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Members",type=integer,JSONPath=`.status.members`
// +kubebuilder:printcolumn:name="Missing",type=integer,JSONPath=`.status.missing`
// +kubebuilder:printcolumn:name="Services",type=integer,priority=1,JSONPath=`.status.services`
// +kubebuilder:printcolumn:name="Membership",type=string,priority=1,JSONPath=`.spec.membership`
// +kubebuilder:printcolumn:name="Policy",type=string,priority=1,JSONPath=`.spec.managementPolicy`
// +kubebuilder:printcolumn:name="Account",type=string,priority=1,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Folder struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec FolderSpec `json:"spec"`

	// status is what the operator last saw. Its observedGeneration is -1 until somebody has looked: so that kstatus, and with it Flux, takes
	// a new object for one in progress.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status FolderStatus `json:"status,omitempty"`
}

// FolderList is a list of folders.
//
// +kubebuilder:object:root=true
type FolderList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Folder `json:"items"`
}

// NameAtRegistrar is the name that the folder has to have.
func (f *Folder) NameAtRegistrar() string {
	if f.Spec.FolderName != "" {
		return f.Spec.FolderName
	}
	return f.Name
}

// GetConditions gives access to the conditions of the status.
func (f *Folder) GetConditions() *[]metav1.Condition { return &f.Status.Conditions }

// SetObservedGeneration records the generation that the status speaks of.
func (f *Folder) SetObservedGeneration(generation int64) { f.Status.ObservedGeneration = generation }
