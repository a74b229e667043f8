package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"slipway.dev/exhaustive-shim/processes"
)

const (
	// patience is how long an administrator looks at something that hangs before they kill it.
	patience = time.Second
	// limit stands for the time that is given to Docker: its caller cannot tell how long it was.
	limit = 300 * time.Millisecond
)

func everything(string) bool { return true }

func do(harm, name, program, application, root string) {
	switch harm {
	case "fail":
		os.Exit(failure(name))
	case "late":
		run(program)
		os.Exit(failure(name))
	case "kill":
		processes.Kill(everything, application)
	case "worker":
		processes.Kill(func(command string) bool { return command == "work" }, application)
	case "hang":
		hang(name, application)
	case "full":
		fill(filepath.Join(root, ".filler"))
	default:
		die(fmt.Errorf("%q is no harm", harm))
	}
}

// hang: a Docker that does not answer is given up after a time, by the exit codes of curl and timeout.
func hang(name, application string) {
	if name == "curl" && slices.Contains(os.Args, "--unix-socket") {
		time.Sleep(limit)
		os.Exit(28)
	}
	if name == "timeout" {
		time.Sleep(limit)
		os.Exit(124)
	}
	time.Sleep(patience)
	processes.Kill(everything, application)
}

// failure is an exit code that is no answer.
func failure(name string) int {
	switch name {
	case "crontab", "flock", "grep", "jq", "ps", "sha256sum":
		return 2
	}
	return 1
}

func run(program string) {
	child := exec.Command(program, os.Args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	_ = child.Run()
}

// fill writes until there is no room, not even for a byte.
func fill(path string) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		die(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; size /= 16 {
		for block := make([]byte, size); ; {
			if _, err := file.Write(block); err != nil {
				break
			}
		}
	}
}
