package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
)

type pkg struct {
	Name    string
	Version string
}

type manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Dependencies map[string]string `json:"dependencies"`
	Pulumi       struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
	} `json:"pulumi"`
}

// findUp gives the first existing dir/relative, parent/relative, … or "".
func findUp(dir, relative string) string {
	for {
		candidate := filepath.Join(dir, relative)
		if _, err := os.Stat(candidate); err == nil {
			return candidate
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// findNode gives the project's own Node (npm package `node`), else the one on PATH.
func findNode(dir string) (string, error) {
	if own := findUp(dir, "node_modules/.bin/node"); own != "" {
		return own, nil
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("no node in %s/node_modules/.bin nor on PATH; run script/bootstrap", dir)
	}
	return node, nil
}

// findRunner gives the SDK's entry point cmd/<name> as the program in dir sees it.
func findRunner(dir, name string) (string, error) {
	runner := findUp(dir, filepath.Join("node_modules/@pulumi/pulumi/cmd", name, "index.js"))
	if runner == "" {
		return "", fmt.Errorf("@pulumi/pulumi is not installed for %s; run npm ci there", dir)
	}
	return runner, nil
}

func readManifest(path string) (manifest, error) {
	var m manifest
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// installed gives the manifests of the program's direct dependencies, sorted by name;
// a dependency that is not installed is left out.
func installed(dir string) ([]manifest, error) {
	path := findUp(dir, "package.json")
	if path == "" {
		return nil, nil
	}
	root, err := readManifest(path)
	if err != nil {
		return nil, err
	}
	var found []manifest
	for name := range root.Dependencies {
		path := findUp(filepath.Dir(path), filepath.Join("node_modules", name, "package.json"))
		if path == "" {
			continue
		}
		m, err := readManifest(path)
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, nil
}

func dependencies(dir string) ([]pkg, error) {
	manifests, err := installed(dir)
	var result []pkg
	for _, m := range manifests {
		result = append(result, pkg{m.Name, m.Version})
	}
	return result, err
}

// requiredPlugins gives the resource plugins that the program's dependencies ask for, as far as
// pluginHome holds them: the engine would try to download the others, which this host exists to avoid.
func requiredPlugins(dir, pluginHome string) ([]pkg, error) {
	manifests, err := installed(dir)
	var result []pkg
	for _, m := range manifests {
		if !m.Pulumi.Resource {
			continue
		}
		p := pkg{m.Pulumi.Name, m.Pulumi.Version}
		if p.Version == "" {
			p.Version = m.Version
		}
		if _, err := os.Stat(filepath.Join(pluginHome, "resource-"+p.Name+"-v"+p.Version)); err == nil {
			result = append(result, p)
		}
	}
	return result, err
}

// pluginHome gives the folder in which the engine keeps plugins.
func pluginHome() string {
	home := os.Getenv("PULUMI_HOME")
	if home == "" {
		user, _ := os.UserHomeDir()
		home = filepath.Join(user, ".pulumi")
	}
	return filepath.Join(home, "plugins")
}

// compileCache gives the folder for Node's compile cache.
func compileCache() string {
	if dir := os.Getenv("SLIPWAY_CACHE"); dir != "" {
		return filepath.Join(dir, "node-compile-cache")
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "slipway", "node-compile-cache")
}
