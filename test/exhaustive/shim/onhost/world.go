package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
)

type container struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	State   string `json:"state"`
	Service string `json:"service"`
	OneOff  bool   `json:"oneOff"`
	Policy  string `json:"policy"`
}

// world is all that is judged, read from the host.
type world struct {
	Name        string          `json:"name"`
	Answers     []string        `json:"answers"`
	Containers  []container     `json:"containers"`
	Helpers     []string        `json:"helpers"`
	Networks    []string        `json:"networks"`
	Broken      []string        `json:"broken"`
	Files       []string        `json:"files"`
	Neighbour   string          `json:"neighbour"`
	LedgerError string          `json:"ledgerError"`
	Ledger      string          `json:"ledger"`
	Journal     string          `json:"journal"`
	Deployment  string          `json:"deployment"`
	Inspect     json.RawMessage `json:"inspect"`
	inspected   []inspected
	// key is of a settled state (keyOf).
	key string
}

// look reads the world.
func (h *host) look(name string) world {
	seen := world{Name: name, Answers: answersOf(h.port, h.domain), Containers: []container{}, Helpers: []string{}, Networks: h.networks()}
	seen.inspected = h.containers()
	for _, one := range seen.inspected {
		seen.Containers = append(seen.Containers, container{
			ID: one.ID, Name: one.Name, State: one.State.Status, Service: one.service(),
			OneOff: one.Config.Labels["com.docker.compose.oneoff"] == "True", Policy: one.HostConfig.RestartPolicy.Name,
		})
	}
	for _, one := range containersWith("slipway.helper=" + h.app) {
		seen.Helpers = append(seen.Helpers, one.Name)
	}
	seen.Broken = h.broken()
	seen.Files = h.files()
	seen.Neighbour = h.lookAtNeighbour()
	seen.Ledger, seen.LedgerError = readLedger(filepath.Join(h.dir, "ledger.jsonl"))
	seen.Journal = textOf(filepath.Join(h.dir, "rollout.json"))
	seen.Deployment = textOf(filepath.Join(h.dir, "deployment.json"))
	if seen.Journal == "" && !h.isOpen() {
		seen.key = h.keyOf(seen)
	}
	seen.Inspect = h.inspect(seen)
	return seen
}

func textOf(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

func (h *host) isOpen() bool {
	_, err := os.Stat(filepath.Join(h.dir, "rollout.json"))
	return err == nil
}

var served = regexp.MustCompile(`"version":\s*"([^"]*)".* 200$`)

// version is the one that alone answers; empty when none does.
func (seen world) version() string {
	if len(seen.Answers) == 1 {
		if found := served.FindStringSubmatch(seen.Answers[0]); found != nil {
			return found[1]
		}
	}
	return ""
}

// isAsConfirmed: inspect finds nothing.
func (seen world) isAsConfirmed() bool {
	var found struct{ Differences []string }
	return json.Unmarshal(seen.Inspect, &found) == nil && found.Differences != nil && len(found.Differences) == 0
}

var users = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// answersOf is the different answers to three requests, each as its text and its status; 000 where there is none.
func answersOf(port, domain string) []string {
	all := []string{}
	for range 3 {
		answer := answerOf(port, domain)
		if !slices.Contains(all, answer) {
			all = append(all, answer)
		}
		if !strings.HasSuffix(answer, " 200") {
			break
		}
	}
	sort.Strings(all)
	return all
}

func answerOf(port, domain string) string {
	request, _ := http.NewRequest("GET", "http://127.0.0.1:"+port+"/api/v1/version", nil)
	request.Host = domain
	response, err := users.Do(request)
	if err != nil {
		return " 000"
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return fmt.Sprintf("%s %03d", strings.ReplaceAll(strings.ToValidUTF8(string(text), "�"), "\n", ""), response.StatusCode)
}

// files is the names of what is there, as far as something may have been left.
func (h *host) files() []string {
	all := []string{}
	for _, pattern := range []string{
		h.app, h.app + "/*", h.app + "/releases/*", h.app + "/run/*", h.app + "/secrets/*", "slipway/.docker.*",
		"slipway/proxy/upstreams/" + h.app + ".*", "slipway/proxy/before/" + h.app + ".*", "slipway/proxy/routes/" + h.app + ".*",
	} {
		found, _ := filepath.Glob(filepath.Join(h.root, pattern))
		all = append(all, found...)
	}
	for index, file := range all {
		all[index] = strings.TrimPrefix(file, h.root+"/")
	}
	return all
}

// inspect is what the scripts themselves say of the application. Of a settled state it is asked once.
func (h *host) inspect(seen world) json.RawMessage {
	key := ""
	if seen.key != "" {
		key = "inspect " + seen.key
		if known := h.seen.of(key); known != "" {
			return json.RawMessage(known)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	output, _ := h.slipway(ctx, false, "inspect").Output()
	var all struct {
		Applications map[string]struct {
			Version     string          `json:"version"`
			Underway    json.RawMessage `json:"underway"`
			Differences []string        `json:"differences"`
		} `json:"applications"`
	}
	if json.Unmarshal(output, &all) != nil {
		return json.RawMessage("null")
	}
	one, known := all.Applications[h.app]
	if !known {
		return json.RawMessage("null")
	}
	text, _ := json.Marshal(one)
	text = bytes.ReplaceAll(text, []byte("\n"), nil)
	// What runs under way decides how it looks, too.
	if key != "" && string(one.Underway) == "null" {
		h.seen.put(key, string(text))
	}
	return text
}
