package certmanager

import (
	"fmt"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/json"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// WaitForPublication says whether the authoritative name servers have to answer with a record before it counts as presented.
type WaitForPublication string

// Whether to wait.
const (
	// WaitDisabled is content with what REG.API reads back. It is the default, since cert-manager asks the name servers itself.
	WaitDisabled WaitForPublication = "Disabled"
	// WaitEnabled waits for the name servers, so that cert-manager's own check passes at its first try.
	WaitEnabled WaitForPublication = "Enabled"
)

// Config is what an Issuer tells the solver, as spec.acme.solvers[].dns01.webhook.config.
type Config struct {
	// AccountRef names the Account that holds the zone; without it the DNSZones and Domains decide.
	AccountRef *v1alpha1.AccountReference `json:"accountRef,omitempty"`
	// WaitForPublication is Disabled or Enabled; Disabled where it is not given.
	WaitForPublication WaitForPublication `json:"waitForPublication,omitempty"`
}

// configFields ends every complaint about a field.
const configFields = "the fields are accountRef (with name and namespace) and waitForPublication"

// parseConfig reads the config of an Issuer. A misspelt field is an error, since it would otherwise be ignored in silence.
func parseConfig(raw *apiextensionsv1.JSON) (Config, error) {
	var config Config
	if raw == nil || len(raw.Raw) == 0 {
		return config, nil
	}
	unknown, err := json.UnmarshalStrict(raw.Raw, &config)
	if err == nil && len(unknown) > 0 {
		err = unknown[0]
	}
	switch {
	case err != nil:
		return Config{}, fmt.Errorf("webhook config of the issuer: %w: %s", err, configFields)
	case config.AccountRef != nil && config.AccountRef.Name == "":
		return Config{}, fmt.Errorf("webhook config of the issuer: accountRef.name is empty: name an Account, or leave accountRef out")
	}
	switch config.WaitForPublication {
	case "", WaitDisabled, WaitEnabled:
		return config, nil
	default:
		return Config{}, fmt.Errorf("webhook config of the issuer: waitForPublication is %q: give %s or %s", config.WaitForPublication, WaitDisabled, WaitEnabled)
	}
}
