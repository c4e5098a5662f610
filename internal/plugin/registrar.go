package plugin

import (
	"context"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	foldermanifest "github.com/regapi-io/regapi-operator/internal/folder/manifest"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/plugin/direct"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// registrar tells what an account holds.
type registrar interface {
	// holdings are the domains of the account, with the records of their zones if they are asked for.
	holdings(ctx context.Context, records bool) (holdings.Holdings, error)
	// folders are manifests of its folders.
	folders(ctx context.Context, namespace string, ref v1alpha1.AccountReference) ([]v1alpha1.Folder, error)
}

// directOptions are the flags of whoever goes to REG.API by himself.
type directOptions struct {
	direct         bool
	file, endpoint string
}

func (o *directOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.direct, "direct", false, "ask REG.API from here, with the credentials of ~/.regapi2: what that spends comes on top of the operator's budget")
	flags.StringVar(&o.file, "credentials", "", "file with the credentials for --direct, instead of ~/.regapi2")
	flags.StringVar(&o.endpoint, "endpoint", "", "address of REG.API for --direct, instead of REG.RU's")
}

// registrar says who tells what the account holds.
func (s *session) registrar(i importing) (registrar, error) {
	if !i.direct.direct {
		through, err := s.doorway()
		if err != nil {
			return nil, err
		}
		of, err := s.accountKey(i.account)
		return throughOperator{through, of}, err
	}
	caller, err := direct.Client(i.direct.file, i.direct.endpoint)
	if err != nil {
		return nil, exit.With(exit.Usage, err)
	}
	return ownCredentials{caller}, nil
}

// accountKey reads NAME or NAMESPACE/NAME of an Account.
func (s *session) accountKey(text string) (types.NamespacedName, error) {
	if namespace, name, ok := strings.Cut(text, "/"); ok {
		return types.NamespacedName{Namespace: namespace, Name: name}, nil
	}
	namespace, err := s.namespace()
	return types.NamespacedName{Namespace: namespace, Name: text}, err
}

// ownCredentials ask REG.API from here.
type ownCredentials struct{ caller *regapi.Client }

func (o ownCredentials) holdings(ctx context.Context, records bool) (holdings.Holdings, error) {
	if records {
		return holdings.Read(ctx, o.caller)
	}
	return holdings.List(ctx, o.caller)
}

func (o ownCredentials) folders(ctx context.Context, namespace string, ref v1alpha1.AccountReference) ([]v1alpha1.Folder, error) {
	return foldermanifest.Folders(ctx, o.caller, namespace, ref)
}
