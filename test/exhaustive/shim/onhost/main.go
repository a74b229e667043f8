// Onhost runs cases of one application on a host, one after the other: an order each line of stdin, as JSON. What was seen of
// it is told as JSON, a line each, with an empty line after the last one of a case.
//
// It is called with: ROOT FOLDER APP DOMAIN NEIGHBOUR NEIGHBOUR_DOMAIN PORT GOOD OTHER BAD, the last three being versions.
// FOLDER has the shims, and releases/VERSION.json and VERSION.id.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// order is a case, or a run without harm whose calls are wanted.
type order struct {
	Act     string `json:"act"`
	Command string `json:"command"`
	Program string `json:"program"`
	Number  int    `json:"number"`
	Harm    string `json:"harm"`
	// KillAt is the number of work's call of curl at which a deployment is killed that is to be recovered.
	KillAt int `json:"killAt"`
	// Calls says that nothing is harmed, and the calls are told.
	Calls bool `json:"calls"`
}

type host struct {
	root, folder, app, domain, neighbour, neighbourDomain, port string
	good                                                        [2]string
	bad                                                         string
	// state has what the shims read and write; dir and proxy are the application's and the proxy's files.
	state, dir, proxy string
	deployments       int
	seen              seen
	// last is the world as the case before left it.
	last *world
}

func main() {
	syscall.Umask(0o077)
	words := os.Args[1:]
	if len(words) != 10 {
		fmt.Fprintln(os.Stderr, "onhost: ten words are needed")
		os.Exit(64)
	}
	h := &host{
		root: words[0], folder: words[1], app: words[2], domain: words[3], neighbour: words[4], neighbourDomain: words[5],
		port: words[6], good: [2]string{words[7], words[8]}, bad: words[9],
	}
	h.state = filepath.Join(h.folder, "state")
	h.dir = filepath.Join(h.root, h.app)
	h.proxy = filepath.Join(h.root, "slipway", "proxy")
	h.seen = readSeen(filepath.Join(h.state, "seen"))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		began := time.Now()
		var one order
		err := json.Unmarshal(lines.Bytes(), &one)
		if err == nil {
			err = h.run(one)
		}
		if err != nil {
			tell(map[string]string{"name": "error", "text": err.Error()})
		}
		tell(map[string]any{"name": "seconds", "seconds": time.Since(began).Seconds()})
		fmt.Println()
	}
}

func tell(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func (h *host) other(version string) string {
	if version == h.good[0] {
		return h.good[1]
	}
	return h.good[0]
}

// run is one case: harm, what is there afterwards, a recovery, and a plain deployment.
func (h *host) run(one order) error {
	before, err := h.makeReady(one.Act)
	if err != nil {
		return err
	}
	tell(before)
	version := before.version()
	// Where there was none, the first one.
	final := h.other(version)
	wanted := final
	if one.Act == "revert" {
		wanted, final = h.bad, version
	}
	if one.Act == "recovery" {
		h.plan(order{Command: "work", Program: "curl", Number: one.KillAt, Harm: "kill"})
		tell(h.ran("setup", true, h.deployment(wanted)))
	}
	h.plan(one)
	if one.Act == "recovery" {
		tell(h.ran("act", true, h.recovery()))
	} else {
		tell(h.ran("act", true, h.deployment(wanted)))
	}
	h.endPlan()
	if one.Calls {
		text, _ := os.ReadFile(filepath.Join(h.state, "log"))
		tell(map[string]any{"name": "calls", "lines": strings.Split(strings.TrimSpace(string(text)), "\n")})
	}
	after := h.look("after")
	tell(after)
	recovered := h.recover(after)
	tell(recovered)
	h.converge(final, recovered)
	return nil
}

// recover is a recovery. Where there is no journal nothing is to be done, and the world stays the same; so it is done once in
// each such state.
func (h *host) recover(after world) world {
	isSettled := after.key != ""
	key := "recover " + after.key
	if known := h.seen.of(key); isSettled && known != "" {
		fmt.Println(known)
	} else {
		recover := h.ran("recover", false, h.recovery())
		tell(recover)
		if text, err := json.Marshal(recover); err == nil && isSettled && recover.Code == 0 {
			h.seen.put(key, string(text))
		}
		if !isSettled || h.isOpen() {
			return h.look("recovered")
		}
	}
	after.Name = "recovered"
	return after
}

// converge is a plain deployment. Once it went well, it is not done again from a state that is the same in all that a
// deployment reads: that is told instead.
func (h *host) converge(final string, recovered world) {
	if h.forgetAged() || recovered.key == "" {
		recovered.key = h.keyOf(recovered)
	}
	key := final + " " + recovered.key
	if h.seen.has(key) {
		tell(map[string]string{"name": "alike"})
		h.last = &recovered
		return
	}
	converge := h.ran("converge", false, h.deployment(final))
	tell(converge)
	converged := h.look("converged")
	tell(converged)
	h.last = &converged
	if converge.Code == 0 && converged.Journal == "" && converged.version() == final && converged.isAsConfirmed() {
		h.seen.add(key)
	}
}
