package controller_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// cluster is an API server in memory, with the indexes of a cache: for simulated years, in which that of controller-runtime's tests takes most of the time. It
// refuses what is old or there already, counts generations, keeps what has finalizers, and has status as a subresource. It validates nothing, and knows no
// patches but merge patches. What it is not asked for here panics: the client that it embeds is nil.
type cluster struct {
	client.Client
	scheme *runtime.Scheme
	// changed is told of each write, when it is done.
	changed func(before, after client.Object)
	// read counts the objects that lists brought which no cache would have served, by kind.
	read sync.Map

	mu      sync.RWMutex
	version int
	kinds   map[reflect.Type]*kept
}

// kept are the objects of a kind, which nobody changes: a write replaces them.
type kept struct {
	objects map[types.NamespacedName]client.Object
	indexes map[string]*index
}

// index finds objects by a value that they have.
type index struct {
	values client.IndexerFunc
	keys   map[string]map[types.NamespacedName]bool
}

func newCluster(scheme *runtime.Scheme) *cluster {
	return &cluster{scheme: scheme, kinds: map[reflect.Type]*kept{}, changed: func(client.Object, client.Object) {}}
}

// IndexField makes List find the objects of a kind by a field.
func (c *cluster) IndexField(_ context.Context, object client.Object, field string, values client.IndexerFunc) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of(reflect.TypeOf(object)).indexes[field] = &index{values, map[string]map[types.NamespacedName]bool{}}
	return nil
}

// of gives the objects of a type; c.mu is held.
func (c *cluster) of(kind reflect.Type) *kept {
	if c.kinds[kind] == nil {
		c.kinds[kind] = &kept{map[types.NamespacedName]client.Object{}, map[string]*index{}}
	}
	return c.kinds[kind]
}

// kindOf is the type of an object, also where only its metadata is given.
func (c *cluster) kindOf(object client.Object) (reflect.Type, error) {
	if _, partial := object.(*metav1.PartialObjectMetadata); !partial {
		return reflect.TypeOf(object), nil
	}
	typed, err := c.scheme.New(object.GetObjectKind().GroupVersionKind())
	return reflect.TypeOf(typed), err
}

func resourceOf(kind reflect.Type) schema.GroupResource {
	return schema.GroupResource{Resource: kind.Elem().Name()}
}

// Scheme, GroupVersionKindFor and Status are those of any client.
func (c *cluster) Scheme() *runtime.Scheme { return c.scheme }

func (c *cluster) GroupVersionKindFor(object runtime.Object) (schema.GroupVersionKind, error) {
	return apiutil.GVKForObject(object, c.scheme)
}

func (c *cluster) Status() client.SubResourceWriter { return statuses{cluster: c} }

func (c *cluster) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	kind := reflect.TypeOf(into)
	found := c.stored(kind, key)
	if found == nil {
		return apierrors.NewNotFound(resourceOf(kind), key.Name)
	}
	give(found, into)
	return nil
}

// stored gives the object of a key, nil if there is none; c.mu is held.
func (c *cluster) stored(kind reflect.Type, key types.NamespacedName) client.Object {
	if of := c.kinds[kind]; of != nil {
		return of.objects[key]
	}
	return nil
}

// give copies an object into another of its type.
func give(from, into client.Object) {
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(from.DeepCopyObject()).Elem())
}

// List finds objects by namespace, labels and one field that is indexed, in the order of their names.
func (c *cluster) List(_ context.Context, list client.ObjectList, options ...client.ListOption) error {
	wanted := (&client.ListOptions{}).ApplyOptions(options)
	items := reflect.ValueOf(list).Elem().FieldByName("Items")
	kind := reflect.PointerTo(items.Type().Elem())
	c.mu.RLock()
	defer c.mu.RUnlock()
	keys, err := c.candidates(kind, wanted)
	if err != nil {
		return err
	}
	slices.SortFunc(keys, func(a, b types.NamespacedName) int {
		return slices.Compare([]string{a.Namespace, a.Name}, []string{b.Namespace, b.Name})
	})
	found := reflect.MakeSlice(items.Type(), 0, len(keys))
	for _, key := range keys {
		object := c.kinds[kind].objects[key]
		if wanted.LabelSelector != nil && !wanted.LabelSelector.Matches(labels.Set(object.GetLabels())) {
			continue
		}
		if wanted.UnsafeDisableDeepCopy == nil || !*wanted.UnsafeDisableDeepCopy {
			object = object.DeepCopyObject().(client.Object)
		}
		found = reflect.Append(found, reflect.ValueOf(object).Elem())
	}
	items.Set(found)
	if wanted.UnsafeDisableDeepCopy == nil {
		count, _ := c.read.LoadOrStore(kind, new(atomic.Int64))
		count.(*atomic.Int64).Add(int64(found.Len()))
	}
	list.SetResourceVersion(strconv.Itoa(c.version))
	return nil
}

// brought is how many objects of a kind lists have brought from the API server.
func (c *cluster) brought(object client.Object) int {
	count, listed := c.read.Load(reflect.TypeOf(object))
	if !listed {
		return 0
	}
	return int(count.(*atomic.Int64).Load())
}

// candidates are the keys that a field selects in a namespace; c.mu is held.
func (c *cluster) candidates(kind reflect.Type, wanted *client.ListOptions) (keys []types.NamespacedName, err error) {
	of := c.kinds[kind]
	switch {
	case wanted.FieldSelector != nil:
		field := wanted.FieldSelector.Requirements()[0]
		if of == nil || of.indexes[field.Field] == nil {
			return nil, fmt.Errorf("nobody has indexed %s by %s", kind, field.Field)
		}
		keys = slices.Collect(maps.Keys(of.indexes[field.Field].keys[field.Value]))
	case of != nil:
		keys = slices.Collect(maps.Keys(of.objects))
	}
	return slices.DeleteFunc(keys, func(k types.NamespacedName) bool { return wanted.Namespace != "" && k.Namespace != wanted.Namespace }), nil
}

// Create stores a new object, without its status.
func (c *cluster) Create(_ context.Context, object client.Object, _ ...client.CreateOption) error {
	kind, key := reflect.TypeOf(object), client.ObjectKeyFromObject(object)
	c.mu.Lock()
	if c.stored(kind, key) != nil {
		c.mu.Unlock()
		return apierrors.NewAlreadyExists(resourceOf(kind), key.Name)
	}
	object.SetUID(types.UID(fmt.Sprintf("uid-%d", c.version+1)))
	object.SetCreationTimestamp(metav1.Time{Time: time.Now().Truncate(time.Second)})
	if status := statusField(object); status.IsValid() {
		status.SetZero()
		object.SetGeneration(1)
	}
	c.put(kind, key, nil, object)
	c.mu.Unlock()
	c.changed(nil, object)
	return nil
}

// Update writes all of an object but its status.
func (c *cluster) Update(_ context.Context, object client.Object, _ ...client.UpdateOption) error {
	return c.change(object, object.GetResourceVersion(), func(stored client.Object) (client.Object, error) {
		next := object.DeepCopyObject().(client.Object)
		if status := statusField(next); status.IsValid() {
			status.Set(statusField(stored))
		}
		return next, nil
	})
}

// Patch is a merge patch of all of an object but its status.
func (c *cluster) Patch(_ context.Context, object client.Object, patch client.Patch, _ ...client.PatchOption) error {
	return c.change(object, "", func(stored client.Object) (client.Object, error) {
		next, err := merged(stored, object, patch)
		if err == nil && statusField(next).IsValid() {
			statusField(next).Set(statusField(stored))
		}
		return next, err
	})
}

// Delete deletes an object, or marks what has finalizers.
func (c *cluster) Delete(_ context.Context, object client.Object, options ...client.DeleteOption) error {
	only, version := (&client.DeleteOptions{}).ApplyOptions(options).Preconditions, ""
	if only != nil && only.ResourceVersion != nil {
		version = *only.ResourceVersion
	}
	return c.change(object.DeepCopyObject().(client.Object), version, func(stored client.Object) (client.Object, error) {
		if only != nil && only.UID != nil && *only.UID != stored.GetUID() {
			return nil, apierrors.NewConflict(resourceOf(reflect.TypeOf(stored)), stored.GetName(), errors.New("another UID"))
		}
		next := stored.DeepCopyObject().(client.Object)
		if next.GetDeletionTimestamp() == nil {
			next.SetDeletionTimestamp(&metav1.Time{Time: time.Now().Truncate(time.Second)})
		}
		return next, nil
	})
}

// statuses write the status of objects alone.
type statuses struct {
	client.SubResourceWriter
	cluster *cluster
}

func (s statuses) Update(_ context.Context, object client.Object, _ ...client.SubResourceUpdateOption) error {
	return s.cluster.change(object, object.GetResourceVersion(), func(stored client.Object) (client.Object, error) {
		next := stored.DeepCopyObject().(client.Object)
		statusField(next).Set(statusField(object.DeepCopyObject().(client.Object)))
		return next, nil
	})
}

func (s statuses) Patch(_ context.Context, object client.Object, patch client.Patch, _ ...client.SubResourcePatchOption) error {
	return s.cluster.change(object, "", func(stored client.Object) (client.Object, error) {
		with, err := merged(stored, object, patch)
		if err != nil {
			return nil, err
		}
		next := stored.DeepCopyObject().(client.Object)
		next.SetResourceVersion(with.GetResourceVersion())
		statusField(next).Set(statusField(with))
		return next, nil
	})
}

// merged applies a merge patch to a copy of an object.
func merged(stored, object client.Object, patch client.Patch) (client.Object, error) {
	if patch.Type() != types.MergePatchType {
		return nil, fmt.Errorf("no patch of type %s here", patch.Type())
	}
	data, err := patch.Data(object)
	if err != nil {
		return nil, err
	}
	before, err := json.Marshal(stored)
	if err != nil {
		return nil, err
	}
	after, err := jsonpatch.MergePatch(before, data)
	if err != nil {
		return nil, err
	}
	next := reflect.New(reflect.TypeOf(stored).Elem()).Interface().(client.Object)
	return next, json.Unmarshal(after, next)
}

// change replaces an object by what write makes of it. A version, and the one that write leaves in it, if any, have to be that which is stored.
func (c *cluster) change(object client.Object, version string, write func(stored client.Object) (client.Object, error)) error {
	kind, err := c.kindOf(object)
	if err != nil {
		return err
	}
	key := client.ObjectKeyFromObject(object)
	c.mu.Lock()
	before, after, err := c.replace(kind, key, version, write)
	if err == nil {
		if partial, is := object.(*metav1.PartialObjectMetadata); is {
			partial.ObjectMeta = metaOf(after)
		} else {
			give(after, object)
		}
	}
	c.mu.Unlock()
	if err == nil && before != after {
		c.changed(before, after)
	}
	return err
}

// metaOf gives the metadata of an object.
func metaOf(object client.Object) metav1.ObjectMeta {
	return reflect.ValueOf(object.DeepCopyObject()).Elem().FieldByName("ObjectMeta").Interface().(metav1.ObjectMeta)
}

// replace is change under the lock. Where nothing is changed, before and after are the same.
func (c *cluster) replace(kind reflect.Type, key types.NamespacedName, version string, write func(client.Object) (client.Object, error)) (before, after client.Object, err error) {
	before = c.stored(kind, key)
	if before == nil {
		return nil, nil, apierrors.NewNotFound(resourceOf(kind), key.Name)
	}
	after, err = write(before)
	if err != nil {
		return nil, nil, err
	}
	for _, wanted := range []string{version, after.GetResourceVersion()} {
		if wanted != "" && wanted != before.GetResourceVersion() {
			return nil, nil, apierrors.NewConflict(resourceOf(kind), key.Name, errors.New("the object has been modified"))
		}
	}
	after.SetResourceVersion(before.GetResourceVersion())
	after.SetUID(before.GetUID())
	after.SetCreationTimestamp(before.GetCreationTimestamp())
	after.SetGeneration(before.GetGeneration())
	after.SetManagedFields(before.GetManagedFields())
	if equality.Semantic.DeepEqual(before, after) {
		return before, before, nil
	}
	if spec := reflect.ValueOf(after).Elem().FieldByName("Spec"); after.GetGeneration() > 0 && spec.IsValid() &&
		!equality.Semantic.DeepEqual(spec.Interface(), reflect.ValueOf(before).Elem().FieldByName("Spec").Interface()) {
		after.SetGeneration(before.GetGeneration() + 1)
	}
	if after.GetDeletionTimestamp() != nil && len(after.GetFinalizers()) == 0 {
		c.drop(kind, key, before)
		return before, after, nil
	}
	c.put(kind, key, before, after)
	return before, after, nil
}

// put stores an object as a new version, and when it was written; c.mu is held.
func (c *cluster) put(kind reflect.Type, key types.NamespacedName, before, object client.Object) {
	c.version++
	object.SetResourceVersion(strconv.Itoa(c.version))
	object.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: "world", Time: &metav1.Time{Time: time.Now().Truncate(time.Second)}}})
	if before != nil {
		c.drop(kind, key, before)
	}
	of, stored := c.of(kind), object.DeepCopyObject().(client.Object)
	of.objects[key] = stored
	for _, by := range of.indexes {
		for _, value := range by.values(stored) {
			if by.keys[value] == nil {
				by.keys[value] = map[types.NamespacedName]bool{}
			}
			by.keys[value][key] = true
		}
	}
}

// drop takes an object out; c.mu is held.
func (c *cluster) drop(kind reflect.Type, key types.NamespacedName, object client.Object) {
	of := c.of(kind)
	delete(of.objects, key)
	for _, by := range of.indexes {
		for _, value := range by.values(object) {
			delete(by.keys[value], key)
		}
	}
}

// statusField is the status of an object; the zero Value where its kind has none that is written apart.
func statusField(object client.Object) reflect.Value {
	if _, core := object.(interface{ GetConditions() *[]metav1.Condition }); !core {
		return reflect.Value{}
	}
	return reflect.ValueOf(object).Elem().FieldByName("Status")
}
