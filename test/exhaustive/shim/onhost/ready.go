package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway.dev/exhaustive-shim/processes"
)

// forgetAged removes what goes by its age, as if the time had passed: an hour for what a killed staging began, a day for a
// release that was only staged, a month for what deployments said. So each case starts from the same.
//
// It says whether something went that a deployment would have found.
func (h *host) forgetAged() (found bool) {
	if h.isOpen() {
		return false
	}
	for _, pattern := range []string{"releases/.new.*", "secrets/.new.*", "run/*", "releases/" + h.idOf(h.bad)} {
		all, _ := filepath.Glob(filepath.Join(h.dir, pattern))
		for _, path := range all {
			_ = os.RemoveAll(path)
		}
		found = found || (pattern != "run/*" && len(all) > 0)
	}
	return found
}

func (h *host) idOf(version string) string {
	return strings.TrimSpace(textOf(filepath.Join(h.folder, "releases", version+".id")))
}

// makeReady: a good version serves and is confirmed, and the other one is a rollback point; before a first deployment
// there is nothing.
func (h *host) makeReady(act string) (world, error) {
	h.forgetAged()
	last := h.last
	h.last = nil
	if act == "first" {
		err := h.wipe()
		return h.look("before"), err
	}
	var before world
	if last != nil {
		before = *last
		before.Name = "before"
	} else {
		before = h.look("before")
	}
	if !h.isReady(before) {
		if err := h.renew(); err != nil {
			return before, err
		}
		if before = h.look("before"); !h.isReady(before) {
			return before, fmt.Errorf("%s is not ready after two deployments: %+v", h.app, before)
		}
	}
	// Else its migration would run for the first deployment alone.
	if file := filepath.Join(h.dir, "migration.json"); textOf(file) != "" {
		return before, os.WriteFile(file, []byte(`{"applied":[]}`+"\n"), 0o600)
	}
	return before, nil
}

func (h *host) isReady(seen world) bool {
	for _, version := range h.good {
		if _, err := os.Stat(filepath.Join(h.dir, "releases", h.idOf(version), "confirmed")); err != nil {
			return false
		}
	}
	return seen.Journal == "" && slices.Contains(h.good[:], seen.version()) && seen.isAsConfirmed()
}

func (h *host) renew() error {
	if err := h.wipe(); err != nil {
		return err
	}
	for _, version := range h.good {
		if result := h.ran("renew", false, h.deployment(version)); result.Code != 0 {
			return fmt.Errorf("%s %s cannot be deployed: %s", h.app, version, result.Output)
		}
	}
	h.forgetAged()
	return nil
}

// wipe leaves nothing of the application on the host.
func (h *host) wipe() error {
	processes.Kill(func(string) bool { return true }, h.app)
	for _, label := range []string{"com.docker.compose.project=" + h.app, "slipway.helper=" + h.app} {
		if err := removeContainers(label); err != nil {
			return err
		}
	}
	for _, name := range h.networks() {
		_ = api("POST", "/networks/"+name+"/disconnect", `{"Container":"slipway-proxy","Force":true}`, nil)
		if err := api("DELETE", "/networks/"+name, "", nil); err != nil {
			return err
		}
	}
	for _, name := range volumesOf(h.app) {
		if err := api("DELETE", "/volumes/"+name+"?force=true", "", nil); err != nil {
			return err
		}
	}
	found, _ := filepath.Glob(filepath.Join(h.proxy, "*", h.app+".*"))
	for _, path := range append(found, h.dir, filepath.Join(h.root, "slipway", "pool")) {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	reload := exec.CommandContext(ctx, "docker", "exec", "slipway-proxy", "caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile")
	if output, err := reload.CombinedOutput(); err != nil {
		return fmt.Errorf("the proxy does not reload: %s", output)
	}
	h.settleAnswer()
	return nil
}

// removeContainers waits for those, too, that Docker is already about to remove.
func removeContainers(label string) (err error) {
	for range 50 {
		all := containersWith(label)
		if len(all) == 0 {
			return nil
		}
		for _, one := range all {
			err = api("DELETE", "/containers/"+one.ID+"?force=true&v=true", "", nil)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("containers with the label %s stay: %w", label, err)
}

// settleAnswer waits until the proxy has its new routes.
func (h *host) settleAnswer() {
	for tries := 0; tries < 20 && !strings.HasSuffix(answerOf(h.port, h.domain), " 404"); tries++ {
		time.Sleep(50 * time.Millisecond)
	}
}
