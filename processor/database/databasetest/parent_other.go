//go:build unix && !linux

package databasetest

import "syscall"

// dieWithParent has no effect here: a killed test process leaves its server.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
