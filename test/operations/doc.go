// Package operations tests what the people who run the operator are given beside it: alerts, the dashboard, and the health checks of
// Argo CD. It holds their PromQL, by Prometheus's own parser, against the metrics that docs/metrics.md lists, and runs their Lua.
//
// It is a module of its own, since these programs are foreign to the product.
package operations
