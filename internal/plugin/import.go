package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/manifest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// importables are what can be imported.
var importables = []string{"zones", "domains", "folders", "all"}

// importing is one call of import.
type importing struct {
	account, policy string
	folder          string
	overwrite       bool
	skipExisting    bool
	bind            []string
	domains         []string
	direct          directOptions
}

func newImport(s *session) *cobra.Command {
	i := importing{}
	command := &cobra.Command{
		Use:   "import zones|domains|folders|all --account A",
		Short: "Write manifests of what an account holds, ready for Git",
		Long: `Write manifests of what an account holds: of its zones, domains or folders, or of all of them; or of BIND zone files. Applying them changes nothing
at the registrar, with the policy Manage as with Observe, since what is declared as it stands is taken over without a write.

What is left out is told, with the reason: what external-dns made, ACME challenges and the registrar's own records, which stay as they are, and
what no manifest can say. If there is anything of the last, it ends with 1.`,
		Example: `  kubectl regapi import zones --account main > zones.yaml
  kubectl regapi import all --account main --direct -f git/dns
  kubectl regapi import zones --account main --bind zones/example.ru.zone`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: importables,
		RunE: func(command *cobra.Command, args []string) error {
			return s.importAll(command.Context(), args[0], i)
		},
	}
	i.addFlags(command.Flags())
	_ = command.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions([]string{"Observe", "Manage"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (i *importing) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&i.account, "account", "", "the Account that the objects refer to, as NAME or NAMESPACE/NAME")
	flags.StringVar(&i.policy, "policy", string(v1alpha1.PolicyObserve), "managementPolicy of the zones: Observe or Manage")
	flags.StringVarP(&i.folder, "filename", "f", "", "folder for a file per object; otherwise one stream")
	flags.BoolVar(&i.overwrite, "overwrite", false, "overwrite files of that folder that say something else")
	flags.BoolVar(&i.skipExisting, "skip-existing", false, "leave out domains that have an object of that kind in the namespace")
	flags.StringSliceVar(&i.bind, "bind", nil, "BIND zone files to import instead of what the account holds")
	flags.StringSliceVar(&i.domains, "domain", nil, "only these domains")
	i.direct.addFlags(flags)
}

func (s *session) importAll(ctx context.Context, what string, i importing) error {
	settings, err := s.importSettings(i)
	if err != nil {
		return err
	}
	if len(i.bind) > 0 && what != "zones" {
		return exit.With(exit.Usage, fmt.Errorf("zone files hold zones: kubectl regapi import zones --bind …"))
	}
	done := s.waiting("Reading what the account holds")
	gathered := &gathering{settings: settings, only: i.domains}
	err = s.gather(ctx, what, i, gathered)
	done()
	if err != nil {
		return err
	}
	return s.deliver(gathered, i)
}

func (s *session) importSettings(i importing) (manifest.Settings, error) {
	namespace, err := s.namespace()
	if err != nil {
		return manifest.Settings{}, err
	}
	if i.account == "" {
		return manifest.Settings{}, exit.With(exit.Usage, errors.New("--account: name the Account that the objects are to refer to"))
	}
	policy := v1alpha1.ManagementPolicy(i.policy)
	if policy != v1alpha1.PolicyObserve && policy != v1alpha1.PolicyManage {
		return manifest.Settings{}, exit.With(exit.Usage, fmt.Errorf("--policy %s: give Observe or Manage", i.policy))
	}
	settings := manifest.Settings{Namespace: namespace, Account: v1alpha1.AccountReference{Name: i.account}, Policy: policy}
	if of, name, ok := strings.Cut(i.account, "/"); ok {
		settings.Account = v1alpha1.AccountReference{Namespace: of, Name: name}
	}
	return settings, nil
}

// gathering is what is gathered for an import.
type gathering struct {
	settings manifest.Settings
	only     []string
	// existing are the domains that have an object of a kind.
	existing map[string]map[string]bool
	objects  []client.Object
	left     []manifest.LeftOut
}

// gather makes the objects.
func (s *session) gather(ctx context.Context, what string, i importing, into *gathering) error {
	if err := into.readOnly(); err != nil {
		return err
	}
	if i.skipExisting {
		if err := s.findExisting(ctx, into); err != nil {
			return err
		}
	}
	if len(i.bind) > 0 {
		return into.addZoneFiles(i.bind)
	}
	from, err := s.registrar(i)
	if err != nil {
		return err
	}
	if what != "folders" {
		held, err := from.holdings(ctx, what != "domains")
		if err != nil {
			return err
		}
		into.addHoldings(held, what)
	}
	if what == "folders" || what == "all" {
		folders, err := from.folders(ctx, into.settings.Namespace, into.settings.Account)
		if err != nil {
			return err
		}
		for n := range folders {
			into.objects = append(into.objects, &folders[n])
		}
	}
	return nil
}

// readOnly brings the domains of --domain into canonical form.
func (i *gathering) readOnly() error {
	for n, domain := range i.only {
		canonical, err := zone.CanonicalDomain(domain)
		if err != nil {
			return exit.With(exit.Usage, fmt.Errorf("--domain: %w", err))
		}
		i.only[n] = canonical
	}
	return nil
}

// addHoldings makes objects of what an account holds.
func (i *gathering) addHoldings(held holdings.Holdings, what string) {
	zoneNames, domainNames := manifest.Names{}, manifest.Names{}
	for _, domain := range held.Domains {
		if !i.wants(domain.Name) {
			continue
		}
		if what != "zones" && !i.exists("Domain", domain.Name) {
			object := i.settings.Domain(domain.Name, domainNames.Of(domain.Name))
			i.objects = append(i.objects, &object)
		}
		if what != "domains" {
			i.addZone(domain, zoneNames)
		}
	}
}

func (i *gathering) wants(domain string) bool {
	return len(i.only) == 0 || slices.Contains(i.only, domain)
}

// exists says, and tells, that a domain has an object already.
func (i *gathering) exists(kind, domain string) bool {
	if i.existing[kind][domain] {
		i.left = append(i.left, manifest.LeftOut{Domain: domain, Why: "it has a " + kind + " in the namespace", Expected: true})
		return true
	}
	return false
}

func (i *gathering) addZone(domain holdings.Domain, names manifest.Names) {
	if i.exists("DNSZone", domain.Name) {
		return
	}
	if domain.Problem != "" {
		i.left = append(i.left, manifest.LeftOut{Domain: domain.Name, Why: domain.Problem})
		return
	}
	records := make([]zone.Record, len(domain.Records))
	for n, record := range domain.Records {
		records[n] = zone.FromAPI(record.API())
	}
	slices.SortFunc(records, zone.Compare)
	object, left := i.settings.Zone(domain.Name, slices.Compact(records), names.Of(domain.Name))
	i.objects = append(i.objects, &object)
	i.left = append(i.left, left...)
}

// findExisting looks for the domains that have objects.
func (s *session) findExisting(ctx context.Context, into *gathering) error {
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	into.existing = map[string]map[string]bool{"DNSZone": {}, "Domain": {}}
	for _, k := range kinds {
		if k.name != "dnszone" && k.name != "domain" {
			continue
		}
		list := k.list()
		if err := kube.List(ctx, list, client.InNamespace(into.settings.Namespace)); err != nil {
			return fmt.Errorf("list %ss: %w", k.name, err)
		}
		for _, o := range itemsOf(list) {
			kind := map[string]string{"dnszone": "DNSZone", "domain": "Domain"}[k.name]
			if domain, err := zone.CanonicalDomain(subjectOf(o)); err == nil {
				into.existing[kind][domain] = true
			}
		}
	}
	return nil
}
