//go:build !linux

package main

import (
	"testing"
	"time"
)

// awaitStop gives a process that was sent SIGSTOP the time to stand: there is no word of it here.
func awaitStop(testing.TB, int) { time.Sleep(time.Second) }
