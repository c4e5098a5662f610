package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/direct"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// rawOptions say whose function is called, and by which way.
type rawOptions struct {
	account string
	yes     bool
	direct  directOptions
}

func (o *rawOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.account, "account", "", "the Account to call for, as NAME or NAMESPACE/NAME")
	flags.BoolVar(&o.yes, "yes", false, "with --direct, also call what costs money or gives something away")
	o.direct.addFlags(flags)
}

func newRaw(s *session) *cobra.Command {
	o := rawOptions{}
	command := &cobra.Command{
		Use:   "raw FUNCTION [NAME=VALUE ...]",
		Short: "Call one function of REG.API",
		Long: `Call one function of REG.API for an Account, through the operator, whose rights are accounts/rawread and accounts/rawwrite; the answer comes without
contacts and keys. What costs money, gives something away or answers with a link into the account goes with credentials of your own alone, by
--direct, and what costs or gives away with --yes besides.

A value that is JSON is taken as such: domains='[{"dname":"example.ru"}]', and anything else as text.`,
		Example: `  kubectl regapi raw zone/get_resource_records domain_name=example.ru --account main
  kubectl regapi raw nop --direct`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return complete(parameters, begun), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
			}
			return functionNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(command *cobra.Command, args []string) error {
			caller, err := s.caller(o)
			if err != nil {
				return err
			}
			answer, err := caller(command.Context(), args)
			if err != nil {
				return err
			}
			return s.showAnswer(answer)
		},
	}
	o.addFlags(command.Flags())
	return command
}

// showAnswer prints an answer: JSON for people as for programs, since that is what REG.API speaks. REG.API says success of a list of which it
// has refused elements; the error tells of these.
func (s *session) showAnswer(answer json.RawMessage) error {
	var value any
	if err := json.Unmarshal(answer, &value); err != nil {
		return err
	}
	p := s.printer()
	if p.Format != output.YAML {
		p.Format = output.JSON
	}
	if err := (output.Document{Value: value}).Print(p); err != nil {
		return err
	}
	if refused := regapi.Complaints(answer); refused > 0 {
		return exit.With(exit.Registrar, fmt.Errorf("REG.API has refused %d elements of what is shown above: error_code says why", refused))
	}
	return nil
}

// functionNames are those of the catalogue.
func functionNames() []string {
	var names []string
	for _, function := range catalog.Functions() {
		names = append(names, function.Name)
	}
	return names
}

// parameters are those that most functions know (2.2.4).
var parameters = []string{
	"domain_name=", "domains=", "dname=", "service_id=", "services=", "servtype=", "subdomain=", "ipaddr=", "canonical_name=", "mail_server=", "priority=",
	"text=", "record_type=", "content=", "folder_name=", "folder_id=", "bills=", "ttl=", "minimum_ttl=",
}

func complete(all []string, begun string) []string {
	var fit []string
	for _, one := range all {
		if strings.HasPrefix(one, begun) {
			fit = append(fit, one)
		}
	}
	return fit
}

// caller calls a function with arguments NAME=VALUE.
type caller func(ctx context.Context, args []string) (json.RawMessage, error)

// caller gives the way that the flags say.
func (s *session) caller(o rawOptions) (caller, error) {
	if o.direct.direct {
		own, err := direct.Client(o.direct.file, o.direct.endpoint)
		if err != nil {
			return nil, exit.With(exit.Usage, err)
		}
		return func(ctx context.Context, args []string) (json.RawMessage, error) {
			return callDirectly(ctx, own, args, o.yes)
		}, nil
	}
	if o.account == "" {
		return nil, exit.With(exit.Usage, errors.New("--account: name the Account to call for, or call with credentials of your own by --direct"))
	}
	through, err := s.doorway()
	if err != nil {
		return nil, err
	}
	of, err := s.accountKey(o.account)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, args []string) (json.RawMessage, error) {
		call, err := parseCall(args)
		if err != nil {
			return nil, err
		}
		verb, why := door.Serves(call.Function)
		if verb == "" {
			return nil, exit.With(exit.Usage, fmt.Errorf("%s does not go through the operator: %s; with credentials of your own it goes by --direct", call.Function, why))
		}
		var answer door.Answer
		err = through.post(ctx, of, door.Accounts, verb, call, &answer)
		return answer.Answer, err
	}, nil
}

func callDirectly(ctx context.Context, own *regapi.Client, args []string, yes bool) (json.RawMessage, error) {
	call, err := parseCall(args)
	if err != nil {
		return nil, err
	}
	function, _ := catalog.Find(call.Function)
	if verb, why := door.Serves(call.Function); verb == "" && !function.Personal && !yes {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: %s; say --yes if that is what you want", call.Function, why))
	}
	var answer json.RawMessage
	err = own.Call(ctx, call.Function, call.Params, &answer)
	return answer, err
}

// parseCall reads FUNCTION NAME=VALUE ...
func parseCall(args []string) (door.Call, error) {
	call := door.Call{Function: args[0], Params: map[string]any{}}
	if _, known := catalog.Find(call.Function); !known {
		return call, exit.With(exit.Usage, fmt.Errorf("%s is no function of REG.API: docs/regapi.md lists them, and console completes them", call.Function))
	}
	for _, argument := range args[1:] {
		name, text, ok := strings.Cut(argument, "=")
		if !ok || name == "" {
			return call, exit.With(exit.Usage, fmt.Errorf("%q: write NAME=VALUE", argument))
		}
		var value any = text
		if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				return call, exit.With(exit.Usage, fmt.Errorf("%s: the value begins like JSON and is none: %w", name, err))
			}
		}
		call.Params[name] = value
	}
	return call, nil
}
