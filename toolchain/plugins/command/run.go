package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
	"slipway.dev/toolchain/plugins/internal/standin"
)

const (
	previousStdout = "PULUMI_COMMAND_STDOUT"
	previousStderr = "PULUMI_COMMAND_STDERR"

	acceptEnvHint = "Unable to set '%s'. This only works if your SSH server is configured to accept\n" +
		"\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
		"\tprefix the command itself with the variables in the form 'VAR=value command'"
)

// run executes the line on the host and stores its output, less one trailing newline each. A failed run leaves the
// previous output and returns an error with the whole line and everything it printed. The context ends the dialling
// alone: a line that runs is waited for, whatever happens.
func (c *command) run(ctx context.Context, log *standin.Log, urn, line string) error {
	report := func(message string) { log.Status(ctx, urn, message) }
	client, end, err := c.Connection.dial(ctx, report)
	if err != nil {
		return err
	}
	defer end()

	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := c.setEnvironment(ctx, log, urn, session); err != nil {
		return err
	}
	return c.captured(report, line, func(stdin io.Reader, stdout, stderr io.Writer) error {
		session.Stdin, session.Stdout, session.Stderr = stdin, stdout, stderr
		return session.Run(line)
	})
}

// captured runs the line with its streams, and keeps what it printed unless it fails.
func (c *command) captured(
	report progress, line string, run func(stdin io.Reader, stdout, stderr io.Writer) error,
) error {
	var stdin io.Reader
	if c.Stdin != nil && len(*c.Stdin) > 0 {
		stdin = strings.NewReader(*c.Stdin)
	}
	captured := newCapture(report)
	stdout := captured.writer(&captured.stdout, c.logs("stdout"))
	stderr := captured.writer(&captured.stderr, c.logs("stderr"))
	err := run(stdin, stdout, stderr)
	captured.end()
	if err != nil {
		return fmt.Errorf("%w: running %q:\n%s", err, line, captured.both.String())
	}
	c.Stdout = strings.TrimSuffix(captured.stdout.String(), "\n")
	c.Stderr = strings.TrimSuffix(captured.stderr.String(), "\n")
	return nil
}

func (c *command) setEnvironment(ctx context.Context, log *standin.Log, urn string, session *ssh.Session) error {
	for name, value := range c.Environment {
		if err := session.Setenv(name, value); err != nil {
			log.Error(ctx, urn, fmt.Sprintf(acceptEnvHint, name))
			return fmt.Errorf("could not set environment variable %q: %w", name, err)
		}
	}
	for name, value := range c.previous() {
		if err := session.Setenv(name, value); err != nil {
			log.Warning(ctx, urn, fmt.Sprintf(acceptEnvHint, name))
		}
	}
	return nil
}

// previous are the variables that tell a run what the one before printed.
func (c *command) previous() map[string]string {
	variables := map[string]string{}
	if c.AddPreviousOutputInEnv != nil && !*c.AddPreviousOutputInEnv {
		return variables
	}
	for name, value := range map[string]string{previousStdout: c.Stdout, previousStderr: c.Stderr} {
		if value != "" {
			variables[name] = value
		}
	}
	return variables
}

func (c *command) logs(stream string) bool {
	return c.Logging == nil || *c.Logging == stream || *c.Logging == "stdoutAndStderr"
}
