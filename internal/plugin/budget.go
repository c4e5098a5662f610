package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// ledgers begin like that, and hold their data under that key.
const (
	ledgerPrefix = "regapi-budget-"
	ledgerKey    = "ledger"
)

// spending is how the hour's requests of one ledger stand.
type spending struct {
	// Budget is the name of the ledger: of a login, or of the address that requests leave from.
	Budget string `json:"budget"`
	// Accounts of the login, as namespace/name.
	Accounts []string `json:"accounts,omitempty"`
	Limit    int32    `json:"limit,omitempty"`
	Spent    int      `json:"spent"`
	// FirstBack is when the first of them come back, and AllBack when all have.
	FirstBack   *time.Time `json:"firstBack,omitempty"`
	AllBack     *time.Time `json:"allBack,omitempty"`
	FrozenUntil *time.Time `json:"frozenUntil,omitempty"`
}

func newBudget(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "budget",
		Short: "Show how many of the hour's requests are spent, and when they come back",
		Long: `Show how many requests of the hour each login has spent, those included that the operator has set aside for the next minutes, and when they come
back. It reads the operator's ledgers, in its namespace. Who asked for them says kubectl regapi journal.

It ends with 1 where nothing is sent, since REG.API has refused for rate.`,
		Example: "  kubectl regapi budget",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return s.budget(command.Context()) },
	}
}

func (s *session) budget(ctx context.Context) error {
	defer s.waiting("Reading")()
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	var ledgers corev1.ConfigMapList
	if err := kube.List(ctx, &ledgers, client.InNamespace(s.operatorNamespace)); err != nil {
		return fmt.Errorf("list the ledgers in namespace %s, where --operator-namespace says that the operator keeps them: %w", s.operatorNamespace, err)
	}
	accounts, limits := s.accountsByLogin(ctx, kube)
	var all []spending
	for i := range ledgers.Items {
		name, isLedger := strings.CutPrefix(ledgers.Items[i].Name, ledgerPrefix)
		if !isLedger {
			continue
		}
		usage, err := budget.ReadUsage([]byte(ledgers.Items[i].Data[ledgerKey]), s.Now())
		if err != nil {
			return fmt.Errorf("read the ledger %s: %w", ledgers.Items[i].Name, err)
		}
		all = append(all, spendingOf(name, usage, accounts[name], limits[name]))
	}
	slices.SortFunc(all, func(a, b spending) int { return cmp.Compare(a.Budget, b.Budget) })
	if err := spendingList(all).Print(s.printer()); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(one spending) bool { return one.FrozenUntil != nil }) {
		return exit.ErrFindings
	}
	return nil
}

// accountsByLogin names the Accounts of each login, and what the least of them allows; those that may be seen.
func (s *session) accountsByLogin(ctx context.Context, kube client.Reader) (accounts map[string][]string, limits map[string]int32) {
	accounts, limits = map[string][]string{}, map[string]int32{}
	list := kinds[0].list()
	if kube.List(ctx, list) != nil {
		return accounts, limits
	}
	for _, o := range itemsOf(list) {
		found := o.(*v1alpha1.Account)
		id := found.Status.ID
		accounts[id] = append(accounts[id], found.Namespace+"/"+found.Name)
		if limit := found.Status.Budget.RequestsPerHour; limits[id] == 0 || limit < limits[id] {
			limits[id] = limit
		}
	}
	return accounts, limits
}

func spendingOf(name string, usage budget.Usage, accounts []string, limit int32) spending {
	one := spending{Budget: name, Accounts: accounts, Limit: limit, Spent: usage.Spent}
	if n := len(usage.Returns); n > 0 {
		first, last := usage.Returns[0].At.UTC(), usage.Returns[n-1].At.UTC()
		one.FirstBack, one.AllBack = &first, &last
	}
	if !usage.FrozenUntil.IsZero() {
		until := usage.FrozenUntil.UTC()
		one.FrozenUntil = &until
	}
	return one
}

func spendingList(all []spending) output.List[spending] {
	moment := func(at *time.Time) string {
		if at == nil {
			return "-"
		}
		return at.Format(time.RFC3339)
	}
	return output.List[spending]{
		Items: all, Empty: "The operator has spent no requests yet.", Name: func(one spending) string { return "configmap/" + ledgerPrefix + one.Budget },
		Columns: []output.Column[spending]{
			{Header: "BUDGET", Cell: func(one spending) string { return one.Budget }},
			{Header: "SPENT", Cell: func(one spending) string { return strconv.Itoa(one.Spent) }},
			{Header: "LIMIT", Cell: func(one spending) string {
				if one.Limit == 0 {
					return "-"
				}
				return fmt.Sprint(one.Limit)
			}},
			{Header: "FIRST BACK", Cell: func(one spending) string { return moment(one.FirstBack) }},
			{Header: "ALL BACK", Cell: func(one spending) string { return moment(one.AllBack) }},
			{Header: "FROZEN UNTIL", Cell: func(one spending) string { return moment(one.FrozenUntil) }},
			{Header: "ACCOUNTS", Cell: func(one spending) string { return cmp.Or(strings.Join(one.Accounts, ", "), "-") }},
		},
	}
}
