package plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

type journalOptions struct {
	account, function, domain string
	follow                    bool
}

func newJournal(s *session) *cobra.Command {
	o := journalOptions{}
	command := &cobra.Command{
		Use:   "journal --account A",
		Short: "Show the operator's last requests of REG.API, with their answers",
		Long: `Show the last requests that the operator made for an Account: when, which function, about which domains, for whom, and how it went; with -o wide
also what was sent and what came back. Credentials, contacts and transfer keys are struck out. The journal is in the operator's memory, some 4 MiB of it.`,
		Example: `  kubectl regapi journal --account main --function 'zone/*' --domain example.ru
  kubectl regapi journal --account main --follow`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return s.journal(command.Context(), o) },
	}
	command.Flags().StringVar(&o.account, "account", "", "the Account, as NAME or NAMESPACE/NAME")
	command.Flags().StringVar(&o.function, "function", "", "only functions of this pattern, such as zone/*")
	command.Flags().StringVar(&o.domain, "domain", "", "only requests that name this domain")
	command.Flags().BoolVar(&o.follow, "follow", false, "go on with what comes, until --timeout, or for ever with --timeout 0")
	return command
}

func (s *session) journal(ctx context.Context, o journalOptions) error {
	if o.account == "" {
		return exit.With(exit.Usage, errors.New("--account: name the Account whose requests are meant"))
	}
	through, err := s.doorway()
	if err != nil {
		return err
	}
	of, err := s.accountKey(o.account)
	if err != nil {
		return err
	}
	query := url.Values{}
	for name, value := range map[string]string{"function": o.function, "domain": o.domain} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var page door.Page
	if err := through.get(ctx, of, door.Journal, query, &page); err != nil {
		return err
	}
	if err := entryList(page.Entries).Print(s.printer()); err != nil || !o.follow {
		return err
	}
	for {
		query.Set("after", strconv.FormatInt(page.Last, 10))
		query.Set("wait", "true")
		err := through.get(ctx, of, door.Journal, query, &page)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Following ends like that.
		}
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			s.tell(e)
		}
	}
}

// tell prints an entry on a line, as following a journal does.
func (s *session) tell(e journal.Entry) {
	if s.format == output.JSON || s.format == output.YAML {
		if line, err := json.Marshal(e); err == nil {
			fmt.Fprintln(s.Out, string(line))
		}
		return
	}
	fmt.Fprintln(s.Out, strings.Join([]string{e.At.Format(time.RFC3339), e.Function, e.Code, fmt.Sprintf("%d ms", e.Milliseconds), e.AskedBy, domainsOf(e)}, "  "))
}

func domainsOf(e journal.Entry) string {
	text := strings.Join(e.Domains, ",")
	if e.MoreDomains > 0 {
		text += fmt.Sprintf(" and %d more", e.MoreDomains)
	}
	return cmp.Or(text, "-")
}

func entryList(entries []journal.Entry) output.List[journal.Entry] {
	return output.List[journal.Entry]{
		Items: entries, Empty: "The operator has made no such request since it began to lead.", Name: func(e journal.Entry) string { return strconv.FormatInt(e.Number, 10) },
		Columns: []output.Column[journal.Entry]{
			{Header: "AT", Cell: func(e journal.Entry) string { return e.At.Format(time.RFC3339) }},
			{Header: "FUNCTION", Cell: func(e journal.Entry) string { return e.Function }},
			{Header: "CODE", Cell: func(e journal.Entry) string { return e.Code }},
			{Header: "MS", Cell: func(e journal.Entry) string { return strconv.FormatInt(e.Milliseconds, 10) }},
			{Header: "FOR", Cell: func(e journal.Entry) string { return e.AskedBy }},
			{Header: "REQUEST", Wide: true, Cell: func(e journal.Entry) string { return string(e.Request) }},
			{Header: "ANSWER", Wide: true, Cell: func(e journal.Entry) string { return string(e.Answer) }},
			{Header: "DOMAINS", Cell: domainsOf},
		},
	}
}
