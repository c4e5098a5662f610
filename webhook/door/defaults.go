package door

import (
	"cmp"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// setDefaults fills in what the API server would: a spec that nobody has applied yet comes as it was written. A test holds it against the CRDs.
func setDefaults(object client.Object) {
	switch object := object.(type) {
	case *v1alpha1.Domain:
		defaultDomain(&object.Spec)
	case *v1alpha1.DNSZone:
		spec := &object.Spec
		orElse(&spec.ManagementPolicy, v1alpha1.PolicyManage)
		orElse(&spec.DeletionPolicy, v1alpha1.DeletionRetain)
		orElse(&spec.Prune, v1alpha1.PruneOwned)
		orElse(&spec.Adoption, v1alpha1.AdoptionReplace)
		if guard := spec.DeletionGuard; guard != nil {
			guard.MaxPercent, guard.MinRecords = orNumber(guard.MaxPercent, 30), orNumber(guard.MinRecords, 10)
		}
	case *v1alpha1.Folder:
		spec := &object.Spec
		orElse(&spec.ManagementPolicy, v1alpha1.PolicyManage)
		orElse(&spec.DeletionPolicy, v1alpha1.DeletionRetain)
		orElse(&spec.Membership, v1alpha1.MembershipAdditive)
		orElse(&spec.SelectFrom, v1alpha1.SelectFromSame)
		if guard := spec.DeletionGuard; guard != nil {
			guard.MaxPercent, guard.MinMembers = orNumber(guard.MaxPercent, 30), orNumber(guard.MinMembers, 10)
		}
	}
}

func defaultDomain(spec *v1alpha1.DomainSpec) {
	orElse(&spec.ManagementPolicy, v1alpha1.PolicyManage)
	orElse(&spec.DeletionPolicy, v1alpha1.DomainRetain)
	if acquisition := spec.Acquisition; acquisition != nil {
		orElse(&acquisition.Mode, v1alpha1.AcquisitionAdopt)
		orElse(&acquisition.Years, 1)
		orElse(&acquisition.Premium, v1alpha1.PremiumDeny)
		orElse(&acquisition.Approval, v1alpha1.AcquisitionManual)
	}
	if renewal := spec.Renewal; renewal != nil {
		orElse(&renewal.Mode, v1alpha1.RenewalIgnore)
		orElse(&renewal.BeforeDays, 30)
		orElse(&renewal.Years, 1)
		orElse(&renewal.Restore, v1alpha1.RestoreDeny)
	}
	if dnssec := spec.DNSSEC; dnssec != nil {
		orElse(&dnssec.Mode, v1alpha1.DNSSECIgnore)
	}
}

// orElse gives a field that is not set a value.
func orElse[T comparable](field *T, value T) { *field = cmp.Or(*field, value) }

func orNumber(set *int32, value int32) *int32 {
	if set != nil {
		return set
	}
	return &value
}
