package main

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// awaitStop waits until a process that was sent SIGSTOP stands, with all of its threads.
func awaitStop(t testing.TB, pid int) {
	t.Helper()
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
}
