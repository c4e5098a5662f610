package serving

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// InjectAnnotation, if it says "true", asks for the authority to be put into spec.caBundle of the APIService, and to be
// kept there. An APIService without it is left alone: another program may be in charge of it.
const InjectAnnotation = "regapi.io/inject-ca"

// APIServices are handled without their Go types, which would take a module of their own.
var apiServices = schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}

// +kubebuilder:rbac:groups=apiregistration.k8s.io,resources=apiservices,resourceNames=v1alpha1.acme.regapi.io;v1alpha1.door.regapi.io,verbs=get;list;watch;patch

// inject puts the authorities into the APIServices that ask for it.
func (p publisher) inject(ctx context.Context, bundle []byte) error {
	var failures []error
	for _, name := range p.settings.APIServices {
		failures = append(failures, p.injectInto(ctx, name, bundle))
	}
	return errors.Join(failures...)
}

func (p publisher) injectInto(ctx context.Context, name string, bundle []byte) error {
	client := p.settings.Dynamic.Resource(apiServices)
	found, err := client.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil // It may come later, and then watchAPIService tells.
	}
	if err != nil {
		return fmt.Errorf("read APIService %s: %w", name, err)
	}
	encoded := base64.StdEncoding.EncodeToString(bundle)
	present, _, _ := unstructured.NestedString(found.Object, "spec", "caBundle")
	if found.GetAnnotations()[InjectAnnotation] != "true" || present == encoded {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"caBundle": encoded}})
	if err != nil {
		return err
	}
	if _, err := client.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: managedBy}); err != nil {
		return fmt.Errorf("put the certificate authority into APIService %s: %w", name, err)
	}
	log.FromContext(ctx).Info("Put the certificate authority into the APIService", "apiService", name)
	return nil
}

// watchAPIService tells when the APIService of a name comes, or somebody changes it, until the context ends.
func (p publisher) watchAPIService(ctx context.Context, name string, touched touches) {
	only := func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	}
	informer := dynamicinformer.NewFilteredDynamicInformer(p.settings.Dynamic, apiServices, metav1.NamespaceAll, 0, cache.Indexers{}, only).Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { touched.touch() },
		UpdateFunc: func(_, _ any) { touched.touch() },
	})
	if err != nil {
		log.FromContext(ctx).Error(err, "The APIService is looked at once a minute only")
		return
	}
	informer.RunWithContext(ctx)
}
