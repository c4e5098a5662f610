package scale

import (
	"os"
	"testing"
	"time"
)

// The image holds the program, without symbols, and nothing else that counts; docs/operations.md promises both sizes.
const (
	fewZones       = 3
	mostAtRest     = 90 // MiB
	mostOfTheImage = 85 // MB
)

// TestAFewZonesTakeLittle looks at the operator as most have it: a few zones, and nothing to do.
func TestAFewZonesTakeLittle(t *testing.T) {
	e := newEstate(t, fewZones, true, *latency)
	began := time.Now()
	o := startOperator(t, e.cluster)
	if !e.awaitServing(o) {
		t.Fatal("the operator serves nothing")
	}
	serves := time.Since(began)
	e.awaitReady(o, time.Minute)
	ready := time.Since(began)
	starting, _ := o.usage()
	e.settled(o)
	before, _ := o.usage()
	time.Sleep(repose) // Nothing tells that a program rests.
	after, resident := o.usage()
	image, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	peak := o.stop()
	limits := []limit{
		{"the program without symbols, MB", float64(image.Size()) / 1e6, mostOfTheImage},
		{"serves after, s", serves.Seconds(), noLimit},
		{"every zone and Domain Ready after, s", ready.Seconds(), noLimit},
		{"CPU until then, s", starting.Seconds(), noLimit},
		{"memory at rest, MiB", resident / mebibyte, mostAtRest},
		{"memory at its peak, MiB", peak / mebibyte, noLimit},
		{"CPU at rest, thousandths of a core", float64((after - before).Milliseconds()) / repose.Seconds(), noLimit},
	}
	check(t, limits)
	if *table {
		tabulate(os.Stdout, "A few zones", limits)
	}
}
