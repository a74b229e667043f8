package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// keyOf is the same for two states of the host in which the same would happen to a deployment: all files, containers,
// networks and volumes that the scripts read, without what differs each time and decides nothing (ids, addresses, times,
// tokens, the folders of earlier runs, the ledger's lines).
func (h *host) keyOf(seen world) string {
	lines := []string{fmt.Sprint(seen.LedgerError == ""), strings.Join(seen.Networks, " "), strings.Join(seen.Helpers, " ")}
	lines = append(lines, seen.Answers...)
	places := h.placesOf(seen.inspected)
	for _, one := range seen.inspected {
		lines = append(lines, h.lineOf(one))
	}
	lines = append(lines, h.owners()...)
	for _, folder := range []string{h.dir, filepath.Join(h.root, "slipway")} {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if entry.IsDir() && (path == filepath.Join(h.dir, "run") || entry.Name() == "scripts") {
				return filepath.SkipDir
			}
			if h.isOfOthers(path) {
				return nil
			}
			if line := h.lineOfFile(path, entry, places); line != "" {
				lines = append(lines, line)
			}
			return nil
		})
	}
	logins, _ := filepath.Glob(filepath.Join(h.dir, "run", ".*"))
	lines = append(lines, fmt.Sprint(len(logins)))
	sort.Strings(lines)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))[:24]
}

// isOfOthers: routes and upstreams of other applications, which no case may touch (lookAtNeighbour).
func (h *host) isOfOthers(path string) bool {
	switch filepath.Base(filepath.Dir(path)) {
	case "upstreams", "before", "routes":
		return strings.HasPrefix(path, h.proxy) && !strings.HasPrefix(filepath.Base(path), h.app+".")
	}
	return false
}

// placesOf is what stands for the ids and the addresses of containers.
func (h *host) placesOf(all []inspected) map[string]string {
	places := map[string]string{}
	for index, one := range all {
		place := fmt.Sprintf("%s %d", one.service(), index)
		places[one.ID] = place
		if address := one.address(h.app); address != "" {
			places[address] = place
		}
	}
	return places
}

func (h *host) lineOf(one inspected) string {
	var networks []string
	for name := range one.NetworkSettings.Networks {
		networks = append(networks, name)
	}
	sort.Strings(networks)
	return strings.Join([]string{
		one.service(), one.State.Status, one.HostConfig.RestartPolicy.Name, one.Config.Image, one.Config.User,
		one.Config.Labels["com.docker.compose.oneoff"], one.Config.Labels["com.docker.compose.config-hash"],
		strings.Join(networks, " "), fmt.Sprint(one.address(h.app) != ""),
	}, " ")
}

// owners is who may write to the volumes of the application.
func (h *host) owners() []string {
	var lines []string
	for _, name := range volumesOf(h.app) {
		owner, err := exec.Command("sudo", "-n", "stat", "--format", "%n %u %g %a", "/var/lib/docker/volumes/"+name+"/_data").Output()
		lines = append(lines, fmt.Sprint(name, string(owner), err))
	}
	return lines
}

var unfinished = regexp.MustCompile(`\.(new|incoming|docker)\.[^/]*$`)

func (h *host) lineOfFile(path string, entry fs.DirEntry, places map[string]string) string {
	info, err := entry.Info()
	if err != nil {
		return ""
	}
	name := unfinished.ReplaceAllString(path, ".$1")
	text := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		text, _ = os.Readlink(path)
	case !info.Mode().IsRegular() || entry.Name() == "lock" || entry.Name() == "ledger.jsonl":
	case path == filepath.Join(h.dir, "deployment.json"):
		text = recordIn(textOf(path), places)
	case filepath.Base(filepath.Dir(path)) == "upstreams":
		address, port, _ := strings.Cut(strings.TrimSpace(textOf(path)), ":")
		text = fmt.Sprint(placeOr(places, address), port)
	case entry.Name() == "confirmed":
		text = fmt.Sprint(info.Size() > 0, h.rankOf(path))
	default:
		text = checksumOf(path)
	}
	return strings.Join([]string{name, info.Mode().String(), text}, " ")
}

func placeOr(places map[string]string, value string) string {
	if place, known := places[value]; known {
		return place
	}
	return value
}

// rankOf: of the confirmed releases only their order counts.
func (h *host) rankOf(path string) int {
	number, newer := 0, 0
	_, _ = fmt.Sscan(textOf(path), &number)
	all, _ := filepath.Glob(filepath.Join(h.dir, "releases", "*", "confirmed"))
	for _, file := range all {
		other := 0
		if _, _ = fmt.Sscan(textOf(file), &other); other > number {
			newer++
		}
	}
	return newer
}

// recordIn is the record without its times and its token.
func recordIn(text string, places map[string]string) string {
	var record map[string]any
	if json.Unmarshal([]byte(text), &record) != nil {
		return "cannot be read: " + text
	}
	delete(record, "token")
	delete(record, "confirmed")
	var containers []string
	all, _ := record["containers"].([]any)
	for _, one := range all {
		if fields, ok := one.(map[string]any); ok {
			containers = append(containers, placeOr(places, fmt.Sprint(fields["id"])))
		}
	}
	sort.Strings(containers)
	record["containers"] = containers
	upstreams, _ := record["upstreams"].(map[string]any)
	for name, value := range upstreams {
		address, port, _ := strings.Cut(fmt.Sprint(value), ":")
		upstreams[name] = placeOr(places, address) + ":" + port
	}
	plain, _ := json.Marshal(record)
	return string(plain)
}
