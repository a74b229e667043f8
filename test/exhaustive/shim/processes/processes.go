// Package processes finds the commands of the host's scripts among what runs, and ends them.
package processes

import (
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// process is one that runs: its parent, and which command of the host's scripts it is, for which application.
type process struct {
	parent               int
	command, application string
}

// look reads a process; the second value is false once it is gone.
func look(id int) (process, bool) {
	folder := "/proc/" + strconv.Itoa(id)
	stat, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return process{}, false
	}
	// The name before it may have spaces and brackets.
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
	if len(fields) < 2 {
		return process{}, false
	}
	found := process{}
	found.parent, _ = strconv.Atoi(fields[1])
	line, _ := os.ReadFile(folder + "/cmdline")
	words := strings.Split(string(line), "\x00")
	// bash, the path of the script, its command, the application
	if len(words) > 3 && filepath.Base(words[0]) == "bash" && filepath.Base(words[1]) == "slipway" {
		found.command, found.application = words[2], words[3]
	}
	return found, true
}

// Caller is the command of the scripts that this process was started by.
func Caller() (command, application string) {
	for id := os.Getppid(); id > 1; {
		found, ok := look(id)
		if !ok {
			break
		}
		if found.command != "" {
			return found.command, found.application
		}
		id = found.parent
	}
	return "none", ""
}

// Kill ends the application's commands and all that they started, at once: nothing of them runs while others are already
// dead. Of this process, too, if it belongs to them.
//
// A group that loses the last parent outside it while members are stopped is told to hang up by the kernel (POSIX, "orphaned
// process group"): this process would be ended before it has ended the others.
func Kill(wanted func(command string) bool, application string) {
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	stopped := map[int]bool{}
	for again := true; again; {
		again = false
		for _, id := range targets(wanted, application) {
			if id != os.Getpid() && !stopped[id] && syscall.Kill(id, syscall.SIGSTOP) == nil {
				stopped[id], again = true, true
			}
		}
	}
	mine := false
	for _, id := range targets(wanted, application) {
		mine = mine || id == os.Getpid()
	}
	for id := range stopped {
		_ = syscall.Kill(id, syscall.SIGKILL)
	}
	if mine {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// targets are the application's commands that are wanted. When those are all, what they started is among them; a worker
// that is killed alone leaves its children.
func targets(wanted func(command string) bool, application string) []int {
	all := map[int]process{}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		id, _ := strconv.Atoi(filepath.Base(folder))
		if found, ok := look(id); ok {
			all[id] = found
		}
	}
	var chosen []int
	for id := range all {
		if belongs(all, id, wanted, application, wanted("none")) {
			chosen = append(chosen, id)
		}
	}
	return chosen
}

func belongs(all map[int]process, id int, wanted func(string) bool, application string, children bool) bool {
	for id > 1 {
		found, ok := all[id]
		if !ok {
			return false
		}
		if found.command != "" && found.application == application && wanted(found.command) {
			return true
		}
		if !children {
			return false
		}
		id = found.parent
	}
	return false
}

// Run says whether any of these commands runs for the application.
func Run(commands []string, application string) bool {
	return len(targets(func(command string) bool { return slices.Contains(commands, command) }, application)) > 0
}
