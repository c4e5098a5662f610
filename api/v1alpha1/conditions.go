package v1alpha1

// Condition types. Ready is always present. Reconciling and Stalled are present
// only while they are true, so that kstatus, `kubectl wait`, Flux and Argo CD
// read the objects without special rules.
const (
	// ConditionReady says whether the object is as its spec asks.
	ConditionReady = "Ready"
	// ConditionReconciling says that the operator is still working, or waits to try again.
	ConditionReconciling = "Reconciling"
	// ConditionInventoryFresh says, of an Account, whether what the operator knows of its domains is recent.
	ConditionInventoryFresh = "InventoryFresh"
	// ConditionSynced says, of a DNSZone, whether the zone, as it was read last, is as the spec asks.
	ConditionSynced = "Synced"
	// ConditionDelegated says, of a DNSZone, whether the domain uses the registrar's name servers, without which nothing is written; of a Domain,
	// whether it uses those of its spec.
	ConditionDelegated = "Delegated"
	// ConditionPropagated says, of a DNSZone, whether the authoritative name servers answer as the zone was written.
	ConditionPropagated = "Propagated"
	// ConditionSigned says, of a Domain whose spec asks for DNSSEC, whether the parent zone vouches for the keys of the domain.
	ConditionSigned = "Signed"
	// ConditionExpiring says, of a Domain, that its last paid day is near, or past. It does not change Ready, and is there only while true.
	ConditionExpiring = "Expiring"
	// ConditionActionRequired says, of a Domain, that something waits for a person, as status.actionRequired lists. It is there only while true.
	ConditionActionRequired = "ActionRequired"
	// ConditionOrderUnclear says, of a Domain, that nothing tells whether an Order for it was paid. It is there only while true.
	ConditionOrderUnclear = "OrderUnclear"
	// ConditionWaitShortened says, of an Order, that it waits an hour for what others may have bought, and not a day, since the domain would be
	// lost. It is there only while true.
	ConditionWaitShortened = "WaitShortened"
	// ConditionStalled says that nothing will change until somebody acts; the message says who and how.
	ConditionStalled = "Stalled"
)

// Reasons of conditions.
const (
	// ReasonSucceeded: the object is as its spec asks.
	ReasonSucceeded = "Succeeded"
	// ReasonDeleting: the object is being deleted and the operator is letting go of what it holds.
	ReasonDeleting = "Deleting"

	// ReasonObserved: managementPolicy is Observe; status.plan, or the message, says what Manage would change.
	ReasonObserved = "Observed"
	// ReasonPaused: the annotation regapi.io/paused keeps the changes from being made that status.plan, or the message, tells of.
	ReasonPaused = "Paused"
	// ReasonReadOnly: the operator runs with --read-only and changes nothing at the registrar; status.plan says what it would change.
	ReasonReadOnly = "ReadOnly"
	// ReasonPlanNeedsApproval: the deletion guard stops the changes of status.plan until they are approved.
	ReasonPlanNeedsApproval = "PlanNeedsApproval"
	// ReasonAdoptionNeedsApproval: values of somebody else stand where the object declares records, and wait to be replaced.
	ReasonAdoptionNeedsApproval = "AdoptionNeedsApproval"
	// ReasonExternalDNSUnmarked: prune: All waits, since nothing tells what of the zone is external-dns's.
	ReasonExternalDNSUnmarked = "ExternalDNSUnmarked"
	// ReasonContested: somebody else changes what the object declares again and again.
	ReasonContested = "Contested"
	// ReasonNameEmpty: a name lost its records, and neither the new ones nor the old ones could be written.
	ReasonNameEmpty = "NameEmpty"
	// ReasonDelegated: the domain uses the registrar's name servers.
	ReasonDelegated = "Delegated"
	// ReasonPublished: every authoritative name server answers as the zone was written.
	ReasonPublished = "Published"
	// ReasonPublishing: the authoritative name servers do not answer as the zone was written yet.
	ReasonPublishing = "Publishing"
	// ReasonUnreachable: the authoritative name servers cannot be asked from here.
	ReasonUnreachable = "Unreachable"
	// ReasonAccountNotAllowed: the Account lies in another namespace and does not allow this one, or not for this domain.
	ReasonAccountNotAllowed = "AccountNotAllowed"

	// ReasonSwept: everything that is followed was read within the last sweeps.
	ReasonSwept = "Swept"
	// ReasonSweepFailed: the last sweep failed; what is known gets older.
	ReasonSweepFailed = "SweepFailed"

	// ReasonInvalidSpec: the spec asks for something that cannot exist; it has to change.
	ReasonInvalidSpec = "InvalidSpec"
	// ReasonRequestRefused: REG.API calls the request invalid and would do so again.
	ReasonRequestRefused = "RequestRefused"
	// ReasonRecordsRefused: some records cannot be created; all the others are in place.
	ReasonRecordsRefused = "RecordsRefused"
	// ReasonMembersRefused: some members cannot be put into the folder; all the others are in it.
	ReasonMembersRefused = "MembersRefused"
	// ReasonNameTaken: a folder has the new name already, so that this one cannot be renamed.
	ReasonNameTaken = "NameTaken"
	// ReasonFolderNotEmpty: the folder holds what this object did not declare, so that it is not deleted.
	ReasonFolderNotEmpty = "FolderNotEmpty"
	// ReasonConflict: another object of the same login manages the zone or folder.
	ReasonConflict = "Conflict"

	// ReasonAccessDenied: REG.API refuses the credentials or the address that the operator calls from.
	ReasonAccessDenied = "AccessDenied"

	// ReasonNotFound: REG.API does not know the domain, or another account holds it.
	ReasonNotFound = "NotFound"
	// ReasonBlocked: something outside the cluster has to change first, such as the domain's state.
	ReasonBlocked = "Blocked"
	// ReasonNotDelegated: the domain does not use the registrar's name servers, so its zone cannot be edited.
	ReasonNotDelegated = "NotDelegated"

	// ReasonAccountNotFound: the Account that the object names does not exist.
	ReasonAccountNotFound = "AccountNotFound"
	// ReasonAccountNotReady: the Account that the object names cannot be used at the moment.
	ReasonAccountNotReady = "AccountNotReady"
	// ReasonSecretNotFound: the Secret that the Account names does not exist.
	ReasonSecretNotFound = "SecretNotFound"
	// ReasonSecretTypeRefused: the Secret may be another program's, and nothing says that it is for REG.API.
	ReasonSecretTypeRefused = "SecretTypeRefused"
	// ReasonSecretForbidden: the operator may not read the Secret that the Account names.
	ReasonSecretForbidden = "SecretForbidden"
	// ReasonEndpointNotAllowed: the operator sends no credentials to the endpoint of the Account.
	ReasonEndpointNotAllowed = "EndpointNotAllowed"
	// ReasonSecretInvalid: the Secret lacks a key, or what a key holds cannot be used.
	ReasonSecretInvalid = "SecretInvalid"

	// ReasonNotMadeHere: the operator has not made the Order.
	ReasonNotMadeHere = "NotMadeHere"
	// ReasonLedgerGap: nobody has watched the open orders of the login for a while.
	ReasonLedgerGap = "LedgerGap"

	// ReasonDelegating: the name servers were changed at the registrar, and that is still to show.
	ReasonDelegating = "Delegating"
	// ReasonRegistrantUpdating: the contacts of the registrant, or whether they are hidden, were changed at the registrar, and that is still to show.
	ReasonRegistrantUpdating = "RegistrantUpdating"
	// ReasonSigned: the parent zone has keys of the domain, so that it must not move to other name servers.
	ReasonSigned = "Signed"
	// ReasonUnsigned: the parent zone has no keys of the domain, as the spec asks.
	ReasonUnsigned = "Unsigned"
	// ReasonSigning: keys of the domain were changed at the registrar, and that is still to show.
	ReasonSigning = "Signing"
	// ReasonSuspended: the delegation of the domain is suspended.
	ReasonSuspended = "Suspended"
	// ReasonNotRegistered: the domain is ordered, and neither registered nor transferred yet.
	ReasonNotRegistered = "NotRegistered"
	// ReasonDeleted: the domain is no longer registered.
	ReasonDeleted = "Deleted"
	// ReasonMovedAway: the domain has moved to another registrar.
	ReasonMovedAway = "MovedAway"
	// ReasonMissing: the account seems to have lost the domain, which has to be seen once more.
	ReasonMissing = "Missing"
	// ReasonEmailNotVerified: the registrant has not confirmed the e-mail address, so that the registrar keeps the domain from being used.
	ReasonEmailNotVerified = "EmailNotVerified"
	// ReasonAcquiring: an Order for the domain is under way.
	ReasonAcquiring = "Acquiring"
	// ReasonTransferWaits: the transfer of the domain waits for a person.
	ReasonTransferWaits = "TransferWaits"
	// ReasonAcquiredBefore: the account has held the domain, and it is gone; nobody buys it again by itself.
	ReasonAcquiredBefore = "AcquiredBefore"
	// ReasonContactsInvalid: the contacts of the registrant are missing, or fields of them are wrong.
	ReasonContactsInvalid = "ContactsInvalid"
	// ReasonSpendingNotAllowed: the Account does not allow the operation, or not for the namespace.
	ReasonSpendingNotAllowed = "SpendingNotAllowed"
	// ReasonOrderRefused: the registrar refused the Order for the domain.
	ReasonOrderRefused = "OrderRefused"

	// ReasonExpiresSoon: the last paid day is near.
	ReasonExpiresSoon = "ExpiresSoon"
	// ReasonExpired: the last paid day is past.
	ReasonExpired = "Expired"
	// ReasonLastDays: within three days nobody can renew the domain any more.
	ReasonLastDays = "LastDays"

	// ReasonThrottled: the hourly allowance of requests is spent; the operator waits for more.
	ReasonThrottled = "Throttled"
	// ReasonBusy: REG.API is still working on an earlier operation of the same object.
	ReasonBusy = "Busy"
	// ReasonRetrying: the last attempt failed for a passing reason; the operator tries again.
	ReasonRetrying = "Retrying"
)
