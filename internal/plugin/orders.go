package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// purchaseLine is an Order on a line.
type purchaseLine struct {
	Name      string `json:"name"`
	Domain    string `json:"domain"`
	Operation string `json:"operation"`
	Years     int32  `json:"years"`
	State     string `json:"state"`
	Reason    string `json:"reason,omitempty"`
	Price     string `json:"price,omitempty"`
	Cost      string `json:"cost,omitempty"`
	Bill      string `json:"bill,omitempty"`
	// NeedsWord says that only a person can tell what became of it.
	NeedsWord bool   `json:"needsWord"`
	Message   string `json:"message,omitempty"`
	Remedy    string `json:"remedy,omitempty"`
}

func newOrders(s *session) *cobra.Command {
	unclear := false
	command := &cobra.Command{
		Use:   "orders",
		Short: "List what was bought and is being bought",
		Long: `List the Orders of the operator: what was bought, what is being bought, and what it costs in roubles.

It ends with 1 if one of them needs a person's word.`,
		Example: `  kubectl regapi orders --unclear
  kubectl regapi orders settle example.ru.1 --as not-placed`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return s.orders(command.Context(), unclear) },
	}
	command.Flags().BoolVar(&unclear, "unclear", false, "only those that need a person's word")
	command.AddCommand(newSettle(s))
	return command
}

func (s *session) orders(ctx context.Context, unclear bool) error {
	defer s.waiting("Reading Orders")()
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	var list v1alpha1.OrderList
	if err := kube.List(ctx, &list, client.InNamespace(s.operatorNamespace)); err != nil {
		return fmt.Errorf("list orders in namespace %s, where --operator-namespace says that the operator keeps them: %w", s.operatorNamespace, err)
	}
	var lines []purchaseLine
	for i := range list.Items {
		if line := purchaseLineOf(&list.Items[i]); line.NeedsWord || !unclear {
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b purchaseLine) int { return cmp.Compare(a.Name, b.Name) })
	if err := purchaseList(lines, unclear).Print(s.printer()); err != nil {
		return err
	}
	if slices.ContainsFunc(lines, func(line purchaseLine) bool { return line.NeedsWord }) {
		return exit.ErrFindings
	}
	return nil
}

// needsWord says whether a person's word counts for the Order: see docs/money.md.
func needsWord(order *v1alpha1.Order) bool {
	state, reason := purchase.State(order.Status.State), purchase.Reason(order.Status.Reason)
	return state == purchase.Unclear || state == purchase.Blocked && reason == purchase.BillGone
}

func purchaseLineOf(order *v1alpha1.Order) purchaseLine {
	f := look(kinds[len(kinds)-1], order)
	line := purchaseLine{
		Name: order.Name, Domain: order.Spec.DomainName, Operation: string(order.Spec.Operation), Years: order.Spec.Years,
		State: string(order.Status.State), Reason: order.Status.Reason, Price: string(order.Status.Price), Cost: string(order.Status.Cost),
		NeedsWord: needsWord(order), Message: f.Message, Remedy: f.Remedy,
	}
	if line.NeedsWord {
		line.Remedy = remedyFor(kinds[len(kinds)-1], order, string(purchase.Unclear))
	}
	if bill := order.Status.Bill; bill != nil {
		line.Bill = bill.ID
		line.Price = cmp.Or(string(bill.Price), line.Price)
	}
	return line
}

func purchaseList(lines []purchaseLine, unclear bool) output.List[purchaseLine] {
	dash := func(text string) string { return cmp.Or(text, "-") }
	empty := "Nothing was bought."
	if unclear {
		empty = "No order needs a person's word."
	}
	return output.List[purchaseLine]{Items: lines, Empty: empty, Name: func(line purchaseLine) string { return "order/" + line.Name }, Columns: []output.Column[purchaseLine]{
		{Header: "NAME", Cell: func(line purchaseLine) string { return line.Name }},
		{Header: "OPERATION", Cell: func(line purchaseLine) string { return line.Operation }},
		{Header: "YEARS", Wide: true, Cell: func(line purchaseLine) string { return fmt.Sprint(line.Years) }},
		{Header: "STATE", Cell: func(line purchaseLine) string { return dash(line.State) }},
		{Header: "REASON", Cell: func(line purchaseLine) string { return dash(line.Reason) }},
		{Header: "PRICE", Cell: func(line purchaseLine) string { return dash(line.Price) }},
		{Header: "COST", Cell: func(line purchaseLine) string { return dash(line.Cost) }},
		{Header: "BILL", Cell: func(line purchaseLine) string { return dash(line.Bill) }},
		{Header: "WHAT IT SAYS, AND WHAT TO DO", Cell: func(line purchaseLine) string {
			return dash(strings.TrimPrefix(strings.TrimSuffix(line.Message+" → "+line.Remedy, " → "), " → "))
		}},
	}}
}
