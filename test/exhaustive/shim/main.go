// Shim stands before every program that the host's scripts start. It counts the calls of each command of the scripts
// (deploy, work, settle, …) and does harm at one of them; all others become the program itself, in the same process.
//
// It lies in FOLDER/shim, with a link FOLDER/bin/NAME for each program, and needs no environment: the scripts clear it in
// places. FOLDER/state/plan, if there is one, has "COMMAND NUMBER HARM PATH", PATH being the folder that `full` fills.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// patience is how long an administrator looks at something that hangs before they kill it.
const patience = 3 * time.Second

func main() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		die(err)
	}
	folder := filepath.Dir(self)
	state := filepath.Join(folder, "state")
	name := filepath.Base(os.Args[0])
	program, err := find(name, filepath.Join(folder, "bin"))
	if err != nil {
		die(err)
	}
	command, application := caller()
	number := count(filepath.Join(state, "count."+command))
	line := describe(command, number, name)
	add(filepath.Join(state, "log"), line)
	if harm, root := planned(filepath.Join(state, "plan"), command, number); harm != "" {
		add(filepath.Join(state, "hit"), line)
		do(harm, name, program, application, root)
	}
	become(program)
}

func die(err error) {
	fmt.Fprintln(os.Stderr, "shim:", err)
	os.Exit(126)
}

// find is the program of this name in PATH, beyond the folder of the links.
func find(name, links string) (string, error) {
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); folder != links && err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: not found", name)
}

// count adds one byte to a file; where it came to lie is its number, also when several do it at once.
func count(path string) int64 {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		die(err)
	}
	defer file.Close()
	if _, err := file.Write([]byte(".")); err != nil {
		die(err)
	}
	number, err := file.Seek(0, 1)
	if err != nil {
		die(err)
	}
	return number
}

func describe(command string, number int64, name string) string {
	words := strings.Join(os.Args[1:], " ")
	words = strings.NewReplacer("\n", "␤", "\t", " ").Replace(words)
	if len(words) > 300 {
		words = strings.ToValidUTF8(words[:300], "") + "…"
	}
	return fmt.Sprintf("%s\t%d\t%s\t%s\n", command, number, name, words)
}

func add(path, line string) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		die(err)
	}
	defer file.Close()
	if _, err := file.WriteString(line); err != nil {
		die(err)
	}
}

func planned(path, command string, number int64) (harm, root string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", ""
	}
	var wanted string
	var at int64
	if _, err := fmt.Sscan(string(text), &wanted, &at, &harm, &root); err != nil {
		die(fmt.Errorf("%s: %w", path, err))
	}
	if wanted != command || at != number {
		return "", ""
	}
	return harm, root
}

func do(harm, name, program, application, root string) {
	switch harm {
	case "fail":
		os.Exit(failure(name))
	case "late":
		run(program)
		os.Exit(failure(name))
	case "kill":
		kill(func(string) bool { return true }, application)
	case "worker":
		kill(func(command string) bool { return command == "work" }, application)
	case "hang":
		if name == "docker" {
			time.Sleep(time.Hour)
		}
		time.Sleep(patience)
		kill(func(string) bool { return true }, application)
	case "full":
		fill(filepath.Join(root, ".filler"))
	default:
		die(fmt.Errorf("%q is no harm", harm))
	}
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
	child.ExtraFiles = nil
	_ = child.Run()
}

func become(program string) {
	die(syscall.Exec(program, os.Args, os.Environ()))
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
