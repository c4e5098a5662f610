package plugin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// object is any object of ours.
type object interface {
	client.Object
	GetConditions() *[]metav1.Condition
}

// kind is one of our kinds.
type kind struct {
	// name in lower case, as users write it and as -o name prints it.
	name string
	// short is what kubectl calls it, too.
	short string
	one   func() object
	list  func() client.ObjectList
	// pausable says that the annotation regapi.io/paused means something.
	pausable bool
}

// kinds are all of them, in the order in which they depend on each other.
var kinds = []kind{
	{name: "account", one: func() object { return &v1alpha1.Account{} }, list: func() client.ObjectList { return &v1alpha1.AccountList{} }},
	{name: "domain", one: func() object { return &v1alpha1.Domain{} }, list: func() client.ObjectList { return &v1alpha1.DomainList{} }, pausable: true},
	{name: "dnszone", short: "zone", one: func() object { return &v1alpha1.DNSZone{} }, list: func() client.ObjectList { return &v1alpha1.DNSZoneList{} }, pausable: true},
	{name: "folder", one: func() object { return &v1alpha1.Folder{} }, list: func() client.ObjectList { return &v1alpha1.FolderList{} }, pausable: true},
	{name: "order", one: func() object { return &v1alpha1.Order{} }, list: func() client.ObjectList { return &v1alpha1.OrderList{} }},
}

// kindOf finds a kind by what a user calls it: in the singular or plural, in any case.
func kindOf(text string) (kind, error) {
	wanted := strings.TrimSuffix(strings.ToLower(text), "s")
	wanted = strings.TrimSuffix(wanted, ".regapi.io")
	for _, k := range kinds {
		if wanted == k.name || wanted == k.short && k.short != "" || wanted == "reg"+k.short && k.short != "" {
			return k, nil
		}
	}
	return kind{}, exit.With(exit.Usage, fmt.Errorf("%q is none of our kinds: give one of %s", text, strings.Join(kindNames(func(kind) bool { return true }), ", ")))
}

func kindNames(which func(kind) bool) []string {
	names := map[string]bool{}
	for _, k := range kinds {
		if which(k) {
			names[k.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// kindAndName reads "dnszone example-ru" and "dnszone/example-ru", and gives what is behind them.
func kindAndName(args []string) (found kind, name string, rest []string, err error) {
	if len(args) == 0 {
		return kind{}, "", nil, exit.With(exit.Usage, fmt.Errorf("name an object, such as dnszone example-ru"))
	}
	text, name, joined := strings.Cut(args[0], "/")
	rest = args[1:]
	if !joined {
		if len(rest) == 0 {
			return kind{}, "", nil, exit.With(exit.Usage, fmt.Errorf("which %s? Name it, such as %s example-ru", text, text))
		}
		name, rest = rest[0], rest[1:]
	}
	found, err = kindOf(text)
	return found, name, rest, err
}

// choice is an object that a user has named, with what he wrote after it.
type choice struct {
	kind   kind
	object object
	rest   []string
	kube   client.Client
}

// String is the object as kubectl names it.
func (c choice) String() string { return c.kind.name + "/" + c.object.GetName() }

// choose finds the object of arguments. Its kind has to be one of which the verb can be said, and no more than so many words may follow.
func (s *session) choose(ctx context.Context, args []string, which func(kind) bool, most int, verb string) (choice, error) {
	k, name, rest, err := kindAndName(args)
	if err != nil {
		return choice{}, err
	}
	if !which(k) || len(rest) > most {
		return choice{}, exit.With(exit.Usage, fmt.Errorf("one of %s can be %s", strings.Join(kindNames(which), ", "), verb))
	}
	kube, err := s.cluster()
	if err != nil {
		return choice{}, err
	}
	o, err := s.get(ctx, kube, k, name)
	return choice{k, o, rest, kube}, err
}

// itemsOf gives the objects of a list of ours.
func itemsOf(list client.ObjectList) []object {
	var items []object
	_ = meta.EachListItem(list, func(item runtime.Object) error { // It fails for what is no list.
		items = append(items, item.(object))
		return nil
	})
	return items
}
