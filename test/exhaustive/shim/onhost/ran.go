package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"slipway.dev/exhaustive-shim/processes"
)

const (
	// patience: what hangs may not keep the whole run.
	patience = 150 * time.Second
	// ending is how long a supervisor may go on alone.
	ending = 60 * time.Second
	// dockerLimit is in seconds: a slow Docker does not hang.
	dockerLimit = "30"
)

// commands are those of the host's scripts that change something.
var commands = []string{"deploy", "supervise", "work", "settle", "make", "accessories", "recover"}

type ran struct {
	Name    string  `json:"name"`
	Code    int     `json:"code"`
	Output  string  `json:"output"`
	Seconds float64 `json:"seconds"`
	// Hit is the call that was harmed; empty when it was not reached.
	Hit string `json:"hit"`
}

// called is a command of the host's scripts, and the file that is its stdin.
type called struct {
	words []string
	input string
}

func (h *host) deployment(version string) called {
	h.deployments++
	id, _ := os.ReadFile(filepath.Join(h.folder, "releases", version+".id"))
	return called{
		words: []string{
			"deploy", h.app, "--release", strings.TrimSpace(string(id)), "--version", version,
			"--token", fmt.Sprintf("case %d %d", os.Getpid(), h.deployments), "--owner", "exhaustive", "--keep", "3",
		},
		input: filepath.Join(h.folder, "releases", version+".json"),
	}
}

func (h *host) recovery() called {
	return called{words: []string{"recover", h.app}, input: "/dev/null"}
}

// slipway prepares a command of the host's scripts, with the shims before all programs, or without.
func (h *host) slipway(ctx context.Context, shimmed bool, words ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(h.root, "slipway", "bin", "slipway"), words...)
	command.Env = append(os.Environ(), "SLIPWAY_DOCKER_LIMIT="+dockerLimit)
	if shimmed {
		command.Env = append(command.Env, "PATH="+filepath.Join(h.folder, "bin")+":"+os.Getenv("PATH"))
	}
	return command
}

// ran runs a command to its end, and to that of all that it left.
func (h *host) ran(name string, shimmed bool, what called) ran {
	result := ran{Name: name}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	command := h.slipway(ctx, shimmed, what.words...)
	// Files, as what goes on alone would keep a pipe open.
	output := filepath.Join(h.state, "output")
	input, err := os.Open(what.input)
	if err != nil {
		panic(err)
	}
	defer input.Close()
	written, err := os.Create(output)
	if err != nil {
		panic(err)
	}
	defer written.Close()
	command.Stdin, command.Stdout, command.Stderr = input, written, written
	if err := command.Run(); err != nil {
		result.Code = command.ProcessState.ExitCode()
		if result.Code < 0 {
			result.Code = 137
		}
	}
	hangs := !h.isQuiet()
	text, _ := os.ReadFile(output)
	result.Output = strings.ToValidUTF8(string(text), "�")
	if hangs {
		result.Output += fmt.Sprintf("HANGS: processes of %s are still there\n", h.app)
		processes.Kill(func(string) bool { return true }, h.app)
	}
	hit, _ := os.ReadFile(filepath.Join(h.state, "hit"))
	result.Hit = string(hit)
	result.Seconds = time.Since(began).Seconds()
	return result
}

// isQuiet waits until nothing of the application is under way.
func (h *host) isQuiet() bool {
	for began := time.Now(); time.Since(began) < ending; time.Sleep(20 * time.Millisecond) {
		if !processes.Run(commands, h.app) {
			return true
		}
	}
	return false
}

// plan tells the shims what to do.
func (h *host) plan(one order) {
	h.endPlan()
	old, _ := filepath.Glob(filepath.Join(h.state, "count.*"))
	for _, file := range append(old, filepath.Join(h.state, "hit"), filepath.Join(h.state, "log")) {
		_ = os.Remove(file)
	}
	if one.Calls {
		h.write("tree", h.dir+" "+filepath.Join(h.root, "slipway"))
		return
	}
	h.write("plan", fmt.Sprintf("%s %s %d %s %s\n", one.Command, one.Program, one.Number, one.Harm, h.root))
}

// endPlan: from here on nothing is harmed.
func (h *host) endPlan() {
	for _, file := range []string{filepath.Join(h.state, "plan"), filepath.Join(h.state, "tree"), filepath.Join(h.root, ".filler")} {
		_ = os.Remove(file)
	}
}

func (h *host) write(name, text string) {
	if err := os.WriteFile(filepath.Join(h.state, name), []byte(text), 0o600); err != nil {
		panic(err)
	}
}
