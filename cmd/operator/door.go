package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/internal/controller"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/webhook/door"
)

// doorOptions are about what people ask through the operator, and what is kept of its requests.
type doorOptions struct {
	serve   bool
	journal string
}

func (o *doorOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.serve, "plugin-door", false, "serve the aggregated API through which kubectl regapi asks REG.API, at --cert-manager-bind-address, to whom the API server of Kubernetes allows it")
	flags.StringVar(&o.journal, "journal", "", "where to write each request of REG.API with its answer as a line of JSON, without secrets: a file, or - for standard output; the last 4 MiB are kept in memory in any case")
}

// newJournal opens the journal.
func (o *doorOptions) newJournal() (*journal.Journal, error) {
	var lines io.Writer
	switch o.journal {
	case "":
	case "-":
		lines = os.Stdout
	default:
		file, err := os.OpenFile(o.journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("--journal: %w", err)
		}
		lines = file // It is closed with the process.
	}
	return journal.New(journal.DefaultBytes, lines), nil
}

// beside gives what the server of the solver serves for the plugin.
func (o *doorOptions) beside(mgr ctrl.Manager, d controller.Dependencies, kept *journal.Journal) (map[string]http.Handler, error) {
	if !o.serve {
		return nil, nil
	}
	plan, err := controller.Previews(mgr, d)
	server := door.New(door.Settings{Reader: mgr.GetClient(), Directory: d.Directory, Journal: kept, Plan: plan, Changed: d.Alarm.Ring})
	return map[string]http.Handler{wire.Prefix: server}, err
}

var errNoDoor = errors.New("--plugin-door needs --cert-manager-bind-address, where it is served")
