// Package bench measures what the product's client costs, beside a plain client that makes one call per record, and
// holds it to the figures that were promised.
//
// It owns tests only. They run the product below its controllers (internal/account and internal/zone) against the
// simulator, in bubbles of simulated time, so that hours pass in seconds and no network is involved. Nothing imports it.
//
// Start reading at workloads_test.go: every workload is a test of its figures, and with -compare it also runs the plain
// client and prints both as a table (make bench). day_test.go is a day of crashes and handovers.
package bench
