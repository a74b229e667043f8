package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func checksumOf(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// broken is the releases that were confirmed and are not what they were.
func (h *host) broken() []string {
	found := []string{}
	confirmed, _ := filepath.Glob(filepath.Join(h.dir, "releases", "*", "confirmed"))
	for _, file := range confirmed {
		if !isIntact(filepath.Dir(file)) {
			found = append(found, filepath.Base(filepath.Dir(file)))
		}
	}
	return found
}

func isIntact(release string) bool {
	if info, err := os.Stat(filepath.Join(release, "manifest.json")); err != nil || info.Size() == 0 {
		return false
	}
	sums := strings.Split(strings.TrimSpace(textOf(filepath.Join(release, "SHA256SUMS"))), "\n")
	for _, line := range sums {
		sum, name, found := strings.Cut(line, "  ")
		if !found || checksumOf(filepath.Join(release, name)) != sum {
			return false
		}
	}
	return true
}

// lookAtNeighbour is a checksum of another application: its containers, its files and its answer.
func (h *host) lookAtNeighbour() string {
	var lines []string
	for _, one := range containersWith("com.docker.compose.project=" + h.neighbour) {
		lines = append(lines, strings.Join([]string{one.ID, one.State.StartedAt, one.State.Status, one.HostConfig.RestartPolicy.Name}, " "))
	}
	note := func(path string) {
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Name() != "lock" {
			lines = append(lines, path+" "+checksumOf(path))
		} else {
			lines = append(lines, path)
		}
	}
	_ = filepath.WalkDir(filepath.Join(h.root, h.neighbour), func(path string, _ fs.DirEntry, err error) error {
		note(path)
		return nil
	})
	for _, folder := range []string{"upstreams", "routes", "before"} {
		files, _ := filepath.Glob(filepath.Join(h.proxy, folder, h.neighbour+".*"))
		for _, file := range files {
			note(file)
		}
	}
	lines = append(lines, answersOf(h.port, h.neighbourDomain)...)
	sort.Strings(lines)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))
}

// readLedger is its last line, and why it is no JSON.
func readLedger(path string) (last, problem string) {
	for _, line := range strings.Split(strings.TrimSuffix(textOf(path), "\n"), "\n") {
		last = line
		if line != "" && !json.Valid([]byte(line)) {
			problem = "this line: " + line
		}
	}
	return last, problem
}
