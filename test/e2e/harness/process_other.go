//go:build !linux

package harness

import "syscall"

// dieWithParent leaves a process in the group of the test binary, where Ctrl-C reaches both.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
