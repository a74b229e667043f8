// Shim stands before every program that the host's scripts start. It counts the calls of each program by each command of
// the scripts (deploy, work, settle, …) and does harm at one of them; all others become the program itself, in the same
// process.
//
// It lies in FOLDER/shim, with a link FOLDER/bin/NAME for each program, and needs no environment: the scripts clear it in
// places. FOLDER/state/plan, if there is one, has "COMMAND PROGRAM NUMBER HARM PATH", PATH being the folder that `full`
// fills; FOLDER/state/tree, if there is one, names folders: then each call is noted with a checksum of what is in them.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"slipway.dev/exhaustive-shim/processes"
)

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
	command, application := processes.Caller()
	number, line := note(state, command, name)
	if harm, root := planned(filepath.Join(state, "plan"), command, name, number); harm != "" {
		add(filepath.Join(state, "hit"), line)
		do(harm, name, program, application, root)
	}
	awaitHealth()
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

// note counts the call and writes it down, one at a time, so that the log has them in their order.
func note(state, command, name string) (number int64, line string) {
	lock, err := os.OpenFile(filepath.Join(state, "lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		die(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		die(err)
	}
	number = add(filepath.Join(state, "count."+command+"."+name), ".")
	line = fmt.Sprintf("%s\t%d\t%s\t%s\t%s\n", command, number, name, checksum(filepath.Join(state, "tree")), words())
	add(filepath.Join(state, "log"), line)
	return number, line
}

func words() string {
	words := strings.Join(os.Args[1:], " ")
	words = strings.NewReplacer("\n", "␤", "\t", " ").Replace(words)
	if len(words) > 300 {
		words = strings.ToValidUTF8(words[:300], "") + "…"
	}
	return words
}

// add appends to a file and says how long it is now.
func add(path, text string) int64 {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		die(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		die(err)
	}
	size, err := file.Seek(0, 1)
	if err != nil {
		die(err)
	}
	return size
}

func planned(path, command, name string, number int64) (harm, root string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", ""
	}
	var wantedCommand, wantedName string
	var at int64
	if _, err := fmt.Sscan(string(text), &wantedCommand, &wantedName, &at, &harm, &root); err != nil {
		die(fmt.Errorf("%s: %w", path, err))
	}
	if wantedCommand != command || wantedName != name || at != number {
		return "", ""
	}
	return harm, root
}

func become(program string) {
	die(syscall.Exec(program, os.Args, os.Environ()))
}
