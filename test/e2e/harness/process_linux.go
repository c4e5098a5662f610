package harness

import "syscall"

// dieWithParent puts a process into a group of its own, which Ctrl-C does not reach, and has the kernel kill it when the
// test binary is gone, however that ended.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
