package main

import (
	"context"
	"io"
	"os"
	"os/exec"

	"slipway.dev/toolchain/plugins/internal/standin"
)

// runHere executes the line on this machine: by the interpreter, or else by a shell. Cancelling ends it.
func (c *command) runHere(ctx context.Context, log *standin.Log, urn, line string) error {
	arguments := append([]string{}, c.Interpreter...)
	if len(arguments) == 0 {
		arguments = []string{"/bin/sh", "-c"}
	}
	arguments = append(arguments, line)
	report := func(message string) { log.Status(ctx, urn, message) }
	return c.captured(report, line, func(stdin io.Reader, stdout, stderr io.Writer) error {
		program := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
		program.Stdin, program.Stdout, program.Stderr = stdin, stdout, stderr
		if c.Dir != nil {
			program.Dir = *c.Dir
		}
		program.Env = os.Environ()
		for _, variables := range []map[string]string{c.previous(), c.Environment} {
			for name, value := range variables {
				program.Env = append(program.Env, name+"="+value)
			}
		}
		return program.Run()
	})
}
