package traffic_test

import (
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

func ExampleChain() {
	// The lane is shared by all clients of the login; the budget of the address by all logins behind it.
	login := budget.New(budget.DefaultRequestsPerHour)
	egress := budget.New(budget.DefaultRequestsPerHour)
	lane := traffic.NewLane(traffic.WithBudgets(login, egress))

	client, err := regapi.NewClient(
		regapi.WithCredentials(regapi.Password{Username: "login", Password: "secret"}),
		regapi.WithTimeout(30*time.Second),
		regapi.WithMiddleware(traffic.Chain(lane, traffic.NewRefusalMemory(), nil)...),
	)
	fmt.Println(client, err)
	// Output: regapi.Client(https://api.reg.ru/api/regru2/) <nil>
}
