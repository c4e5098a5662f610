package domain

import (
	"context"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// takeUp has a domain brought on that is ordered at the registrar and not there yet, if an order of ours has done that which the cluster does not know
// any more: it was put back to before, or is a new one (6). The Order made for that finds the bill under its key. What a person has ordered is theirs.
func (r *Reconciler) takeUp(ctx context.Context, s *scope) error {
	asks := s.domain.Spec.Acquisition
	switch {
	case asks == nil, asks.Mode == v1alpha1.AcquisitionAdopt, s.service == nil, s.service.state != regapi.Inactive:
		return nil
	case s.ordered != nil, r.Desk == nil, s.login == "", s.userID == "":
		return nil
	}
	ours, err := r.isForgotten(ctx, s)
	if err != nil || !ours {
		return err
	}
	return r.acquire(ctx, s, nil)
}

// isForgotten says whether the service of the domain stands under a key of ours of which the cluster has no Order.
func (r *Reconciler) isForgotten(ctx context.Context, s *scope) (bool, error) {
	orders, err := r.Desk.Orders(ctx, s.login, s.name)
	if err != nil {
		return false, err
	}
	last, _ := ordering.Last(orders, s.name)
	ordinal, err := r.orderedAs(ctx, s, ordinalAfter(last))
	known := slices.ContainsFunc(orders, func(o v1alpha1.Order) bool { return o.Name == purchase.Name(s.name, ordinal) })
	return ordinal > 0 && !known, err
}

// orderedAs gives the ordinal of our order under whose key the service stands; 0 is none. That stays so, and is asked once.
func (r *Reconciler) orderedAs(ctx context.Context, s *scope, upTo int) (int, error) {
	type service struct {
		login, name string
		id          regapi.ID
		operation   purchase.Operation
	}
	asked := service{s.login, s.name, s.service.id, purchase.Operation(s.domain.Spec.Acquisition.Mode)}
	if known, found := r.ordinals.Load(asked); found {
		return known.(int), nil
	}
	keys := ordering.KeysOf(purchase.Order{Domain: s.name, Ordinal: upTo, UserID: s.userID, Operation: asked.operation})
	infos, err := s.connection.Client.Service.GetInfo(ctx, keys...)
	if err != nil {
		return 0, err
	}
	ordinal := 0
	for i, info := range infos {
		switch {
		case regapi.IsNotFound(info.Err):
		case info.Err != nil:
			return 0, fmt.Errorf("look for what was ordered before: %w", info.Err)
		case info.State == regapi.Inactive && ordinal == 0:
			ordinal = i + 1
		}
	}
	if s.service.id != 0 {
		r.ordinals.Store(asked, ordinal)
	}
	return ordinal, nil
}
