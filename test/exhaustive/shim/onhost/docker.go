package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

// inspected is what Docker says of a container, as far as it matters.
type inspected struct {
	ID     string `json:"Id"`
	Name   string
	State  struct{ Status, StartedAt string }
	Config struct {
		Image, User string
		Labels      map[string]string
	}
	HostConfig      struct{ RestartPolicy struct{ Name string } }
	NetworkSettings struct {
		Networks map[string]struct{ IPAMConfig *struct{ IPv4Address string } }
	}
}

func (one inspected) service() string { return one.Config.Labels["com.docker.compose.service"] }

// address is the one that Slipway gave it in its application's network.
func (one inspected) address(app string) string {
	if network, ok := one.NetworkSettings.Networks["slipway-"+app]; ok && network.IPAMConfig != nil {
		return network.IPAMConfig.IPv4Address
	}
	return ""
}

var engine = &http.Client{
	Timeout: 60 * time.Second,
	Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", "/var/run/docker.sock")
	}},
}

// api asks Docker; what it says is read into answer, unless that is nil.
func api(method, path, body string, answer any) error {
	request, err := http.NewRequest(method, "http://docker"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := engine.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	// What is gone need not be removed.
	if response.StatusCode == http.StatusNotFound && method == http.MethodDelete {
		return nil
	}
	if response.StatusCode >= 400 {
		return fmt.Errorf("Docker answers %d to %s %s: %s", response.StatusCode, method, path, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

func filtered(path, label string) string {
	filters, _ := json.Marshal(map[string][]string{"label": {label}})
	return path + "?all=true&filters=" + url.QueryEscape(string(filters))
}

// containersWith is all containers with a label, by name; one that goes meanwhile is none.
func containersWith(label string) []inspected {
	var list []struct {
		ID string `json:"Id"`
	}
	if err := api("GET", filtered("/containers/json", label), "", &list); err != nil {
		panic(err)
	}
	var all []inspected
	for _, one := range list {
		var found inspected
		if api("GET", "/containers/"+one.ID+"/json", "", &found) == nil {
			all = append(all, found)
		}
	}
	sort.Slice(all, func(a, b int) bool { return all[a].Name < all[b].Name })
	return all
}

func (h *host) containers() []inspected { return containersWith("com.docker.compose.project=" + h.app) }

func volumesOf(app string) []string {
	var list struct {
		Volumes []struct{ Name string }
	}
	if err := api("GET", filtered("/volumes", "com.docker.compose.project="+app), "", &list); err != nil {
		panic(err)
	}
	var names []string
	for _, one := range list.Volumes {
		names = append(names, one.Name)
	}
	sort.Strings(names)
	return names
}

// networks is the names of those of the application and of what finds a range for them.
func (h *host) networks() []string {
	var list []struct{ Name string }
	if err := api("GET", "/networks", "", &list); err != nil {
		panic(err)
	}
	names := []string{}
	for _, one := range list {
		if strings.HasPrefix(one.Name, "slipway-pool") || one.Name == "slipway-"+h.app || strings.HasPrefix(one.Name, h.app+"_") {
			names = append(names, one.Name)
		}
	}
	sort.Strings(names)
	return names
}
