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
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// expiry is a domain that comes to its last paid day.
type expiry struct {
	Domain    string `json:"domain"`
	Expires   string `json:"expires"`
	Days      int    `json:"days"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Renewer: operator, or unknown, since nothing tells whether the registrar's own renewal is on.
	Renewer string `json:"renewer"`
	Order   string `json:"order,omitempty"`
	State   string `json:"state,omitempty"`
	// Price of the open order, and Limit what one may cost, in roubles.
	Price   string `json:"price,omitempty"`
	Limit   string `json:"limit,omitempty"`
	Message string `json:"message,omitempty"`
}

func newExpiring(s *session) *cobra.Command {
	var in where
	within := "60d"
	command := &cobra.Command{
		Use:   "expiring",
		Short: "List domains by their last paid day, with who renews them",
		Long: `List the Domains whose last paid day is near, the nearest first, with who renews them and for how much.

It ends with 1 if one of them is not renewed by the operator: whether the registrar's own renewal is on, REG.API does not tell.`,
		Example: "  kubectl regapi expiring -A --within 90d",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			span, err := parseSpan(within)
			if err != nil {
				return err
			}
			return s.expiring(command.Context(), in, span)
		},
	}
	in.addFlags(command.Flags())
	command.Flags().StringVar(&within, "within", within, "how near the day is, such as 60d or 720h")
	return command
}

// parseSpan reads a duration that may be in days.
func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	span, err := time.ParseDuration(text)
	if err != nil || span < 0 {
		return 0, exit.With(exit.Usage, fmt.Errorf("--within %s: give a span such as 60d or 720h", text))
	}
	return span, nil
}

func (s *session) expiring(ctx context.Context, in where, within time.Duration) error {
	defer s.waiting("Reading Domains")()
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	options, err := in.options(s)
	if err != nil {
		return err
	}
	var domains v1alpha1.DomainList
	if err := kube.List(ctx, &domains, options...); err != nil {
		return fmt.Errorf("list domains: %w", err)
	}
	orders := s.ordersByName(ctx, kube)
	today := s.Now().UTC().Truncate(24 * time.Hour)
	var found []expiry
	for i := range domains.Items {
		day, err := time.Parse(time.DateOnly, domains.Items[i].Status.ExpirationDate)
		if err == nil && day.Sub(today) <= within {
			found = append(found, expiryOf(&domains.Items[i], int(day.Sub(today).Hours())/24, orders))
		}
	}
	slices.SortFunc(found, func(a, b expiry) int { return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.Domain, b.Domain)) })
	if err := expiryList(found, in.all).Print(s.printer()); err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(e expiry) bool { return e.Renewer != "operator" }) {
		return exit.ErrFindings
	}
	return nil
}

// ordersByName reads the Orders; none where they may not be read, since the days are the answer.
func (s *session) ordersByName(ctx context.Context, kube client.Reader) map[string]*v1alpha1.Order {
	var list v1alpha1.OrderList
	if kube.List(ctx, &list, client.InNamespace(s.operatorNamespace)) != nil {
		return nil
	}
	orders := map[string]*v1alpha1.Order{}
	for i := range list.Items {
		orders[list.Items[i].Name] = &list.Items[i]
	}
	return orders
}

func expiryOf(domain *v1alpha1.Domain, days int, orders map[string]*v1alpha1.Order) expiry {
	e := expiry{
		Domain: string(domain.Spec.DomainName), Expires: domain.Status.ExpirationDate, Days: days,
		Namespace: domain.Namespace, Name: domain.Name, Renewer: "unknown",
	}
	if renewal := domain.Spec.Renewal; renewal != nil && renewal.Mode == v1alpha1.RenewalOperator {
		e.Renewer, e.Limit = "operator", string(renewal.MaxPrice)
	}
	if renewal := domain.Status.Renewal; renewal != nil {
		e.Order, e.State, e.Message = renewal.Order, string(renewal.State), renewal.Message
		if order := orders[renewal.Order]; order != nil {
			e.Price = string(order.Status.Price)
			if order.Status.Bill != nil && order.Status.Bill.Price != "" {
				e.Price = string(order.Status.Bill.Price)
			}
		}
	}
	return e
}

func expiryList(found []expiry, namespaces bool) output.List[expiry] {
	dash := func(text string) string { return cmp.Or(text, "-") }
	columns := []output.Column[expiry]{
		{Header: "EXPIRES", Cell: func(e expiry) string { return e.Expires }},
		{Header: "DAYS", Cell: func(e expiry) string { return strconv.Itoa(e.Days) }},
		{Header: "DOMAIN", Cell: func(e expiry) string { return e.Domain }},
		{Header: "NAMESPACE", Wide: !namespaces, Cell: func(e expiry) string { return e.Namespace }},
		{Header: "NAME", Wide: true, Cell: func(e expiry) string { return e.Name }},
		{Header: "RENEWER", Cell: func(e expiry) string { return e.Renewer }},
		{Header: "PRICE", Cell: func(e expiry) string { return dash(e.Price) }},
		{Header: "LIMIT", Wide: true, Cell: func(e expiry) string { return dash(e.Limit) }},
		{Header: "ORDER", Cell: func(e expiry) string { return dash(strings.TrimSpace(e.Order + " " + e.State)) }},
		{Header: "WHY NOT", Cell: func(e expiry) string { return dash(e.Message) }},
	}
	return output.List[expiry]{
		Columns: columns, Items: found, Name: func(e expiry) string { return "domain/" + e.Name },
		Empty: "No Domain comes to its last paid day within that time.",
	}
}
