package plugin

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/manifest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// exportable forms.
var exportForms = []string{"manifests", "bind", "tsv"}

// defaultTTL is what a zone file says where the spec leaves the TTL to the registrar.
const defaultTTL = time.Hour

type exporting struct {
	in     where
	as     string
	folder string
}

func newExport(s *session) *cobra.Command {
	e := exporting{as: "manifests"}
	command := &cobra.Command{
		Use:   "export [KIND [NAME]]",
		Short: "Write objects as clean manifests, BIND zone files, or TSV",
		Long: `Write objects without status and without what the API server adds, ready for Git or for another cluster; all of them but Orders, of a kind, or
one. As bind it writes zone files of DNSZones, as tsv a line for each record: domain, name, type, priority, content.

It exports what the objects declare. What the zones hold is for kubectl regapi import.`,
		Example: `  kubectl regapi export -n team > team.yaml
  kubectl regapi export dnszone example-ru --format bind`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: s.completeObjects(canExport),
		RunE: func(command *cobra.Command, args []string) error {
			return s.export(command.Context(), args, e)
		},
	}
	e.in.addFlags(command.Flags())
	command.Flags().StringVar(&e.as, "format", e.as, "manifests, bind or tsv")
	command.Flags().StringVarP(&e.folder, "filename", "f", "", "folder for a file per object; otherwise one stream")
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportForms, cobra.ShellCompDirectiveNoFileComp))
	return command
}

// canExport says that a kind is somebody's to write: Orders are the operator's.
func canExport(k kind) bool { return k.name != "order" }

func (s *session) export(ctx context.Context, args []string, e exporting) error {
	if !slices.Contains(exportForms, e.as) {
		return exit.With(exit.Usage, fmt.Errorf("--format %s: give one of %s", e.as, strings.Join(exportForms, ", ")))
	}
	done := s.waiting("Reading")
	objects, err := s.exported(ctx, args, e)
	done()
	if err != nil {
		return err
	}
	switch {
	case e.as == "bind":
		return s.exportZoneFiles(objects, e.folder)
	case e.as == "tsv":
		return s.exportTSV(objects)
	case e.folder != "":
		return s.writeFiles(objects, e.folder, true)
	default:
		return s.writeStream(objects)
	}
}

// exported reads the objects.
func (s *session) exported(ctx context.Context, args []string, e exporting) ([]client.Object, error) {
	kube, err := s.cluster()
	if err != nil {
		return nil, err
	}
	var which []kind
	for _, k := range kinds {
		if canExport(k) && (e.as == "manifests" || k.name == "dnszone") {
			which = append(which, k)
		}
	}
	if len(args) > 0 {
		text, name, joined := strings.Cut(args[0], "/")
		k, err := kindOf(text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(which, func(known kind) bool { return known.name == k.name }) {
			return nil, exit.With(exit.Usage, fmt.Errorf("a %s is not exported as %s", k.name, e.as))
		}
		if which = []kind{k}; joined || len(args) == 2 {
			o, err := s.get(ctx, kube, k, cmp.Or(name, args[len(args)-1]))
			return []client.Object{typed(k, o)}, err
		}
	}
	options, err := e.in.options(s)
	if err != nil {
		return nil, err
	}
	var objects []client.Object
	for _, k := range which {
		list := k.list()
		if err := kube.List(ctx, list, options...); err != nil {
			return nil, fmt.Errorf("list %ss: %w", k.name, err)
		}
		for _, o := range itemsOf(list) {
			objects = append(objects, typed(k, o))
		}
	}
	return objects, nil
}

// typed gives an object the kind that lists leave out.
func typed(k kind, o object) client.Object {
	names := map[string]string{"account": "Account", "domain": "Domain", "dnszone": "DNSZone", "folder": "Folder"}
	o.GetObjectKind().SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(names[k.name]))
	return o
}

// recordsOf gives the domain and the records that an object declares, and says which entries no zone can hold.
func (s *session) recordsOf(o client.Object) (domain string, records []zone.Record, err error) {
	declares := o.(*v1alpha1.DNSZone)
	if domain, err = zone.CanonicalDomain(string(declares.Spec.DomainName)); err != nil {
		return "", nil, err
	}
	records, invalid := zone.FromSpec(declares.Spec.Records, domain)
	for _, entry := range invalid {
		fmt.Fprintf(s.Err, "Left out of %s: %s: %s\n", domain, entry.Record, entry.Reason)
	}
	return domain, records, nil
}

func (s *session) exportZoneFiles(objects []client.Object, folder string) error {
	for _, o := range objects {
		domain, records, err := s.recordsOf(o)
		if err != nil {
			return err
		}
		ttl := defaultTTL
		if soa := o.(*v1alpha1.DNSZone).Spec.SOA; soa != nil && soa.TTL != nil {
			ttl = soa.TTL.Duration
		}
		var text bytes.Buffer
		if err := manifest.WriteZoneFile(&text, domain, int(ttl.Seconds()), records); err != nil {
			return err
		}
		if folder == "" {
			if _, err := s.Out.Write(text.Bytes()); err != nil {
				return err
			}
			continue
		}
		err = errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, domain+".zone"), text.Bytes(), 0o644))
		if err != nil {
			return exit.With(exit.Usage, err)
		}
	}
	return nil
}

func (s *session) exportTSV(objects []client.Object) error {
	for _, o := range objects {
		domain, records, err := s.recordsOf(o)
		if err != nil {
			return err
		}
		for _, r := range records {
			if _, err := fmt.Fprintf(s.Out, "%s\t%s\t%s\t%d\t%s\n", domain, r.Name, r.Type, r.Priority, r.Content); err != nil {
				return err
			}
		}
	}
	return nil
}
