package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"slipway.dev/toolchain/plugins/internal/standin"
)

// config is the provider's configuration. Lists arrive as JSON text, as bridged providers take them.
type config struct {
	Host         string
	RegistryAuth []registryAuth
}

type registryAuth struct {
	Address  string `json:"address"`
	Username string `json:"username"`
	Password string `json:"password"`
}

var refusedConfig = []string{"caMaterial", "certMaterial", "keyMaterial", "certPath", "context", "sshOpts"}
var refusedAuth = []string{"authDisabled", "configFile", "configFileContent"}

func readConfig(base *standin.Base, properties resource.PropertyMap) (config, error) {
	var read config
	for _, name := range refusedConfig {
		if isSet(properties[resource.PropertyKey(name)]) {
			return read, base.Refuse("provider setting " + name)
		}
	}
	if host := standin.Plain(properties["host"]); host.IsString() {
		read.Host = host.StringValue()
	}
	entries, err := listOf(standin.Plain(properties["registryAuth"]))
	if err != nil {
		return read, fmt.Errorf("registryAuth: %w", err)
	}
	for _, entry := range entries {
		for _, name := range refusedAuth {
			if value := entry[name]; value != nil && value != false && value != "" {
				return read, base.Refuse("provider setting registryAuth." + name)
			}
		}
		address, _ := entry["address"].(string)
		username, _ := entry["username"].(string)
		password, _ := entry["password"].(string)
		if address == "" {
			return read, fmt.Errorf("registryAuth: an entry has no address; write the registry's host and port")
		}
		read.RegistryAuth = append(read.RegistryAuth, registryAuth{Address: address, Username: username, Password: password})
	}
	return read, nil
}

// withLogins spells registryAuth anew, in one way, and makes it secret, as the official plugin does.
func withLogins(settings resource.PropertyMap) (resource.PropertyMap, error) {
	given := standin.Plain(settings["registryAuth"])
	if !given.IsString() && !given.IsArray() {
		return settings, nil
	}
	entries, err := listOf(given)
	if err != nil {
		return nil, fmt.Errorf("registryAuth: %w", err)
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	completed := settings.Copy()
	completed["registryAuth"] = resource.MakeSecret(resource.NewProperty(string(text)))
	return completed, nil
}

// compared are settings whose logins can be compared one by one.
func compared(settings resource.PropertyMap) resource.PropertyMap {
	opened := plain(settings)
	if entries, err := listOf(opened["registryAuth"]); err == nil && len(entries) > 0 {
		list := make([]resource.PropertyValue, len(entries))
		for index, entry := range entries {
			list[index] = resource.NewProperty(resource.NewPropertyMapFromMap(entry))
		}
		opened["registryAuth"] = resource.NewProperty(list)
	}
	return opened
}

func isSet(value resource.PropertyValue) bool {
	plain := standin.Plain(value)
	switch {
	case plain.IsNull():
		return false
	case plain.IsString():
		return plain.StringValue() != "" && plain.StringValue() != "null" && plain.StringValue() != "[]"
	case plain.IsArray():
		return len(plain.ArrayValue()) > 0
	}
	return true
}

func listOf(value resource.PropertyValue) ([]map[string]any, error) {
	var entries []map[string]any
	switch {
	case value.IsString() && value.StringValue() != "":
		return entries, json.Unmarshal([]byte(value.StringValue()), &entries)
	case value.IsArray():
		for _, element := range value.ArrayValue() {
			entry, ok := element.Mappable().(map[string]any)
			if !ok {
				return nil, fmt.Errorf("must be a list of {address, username, password}, got an element %s", element.TypeString())
			}
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// login finds the credentials of a registry and the scheme to speak with it: https unless the address says http.
func (c config) login(registry string) (scheme string, auth registryAuth) {
	for _, candidate := range c.RegistryAuth {
		if serverName(candidate.Address) == registry {
			if strings.HasPrefix(candidate.Address, "http://") {
				return "http", candidate
			}
			return "https", candidate
		}
	}
	return "https", registryAuth{}
}

func serverName(address string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	if slash := strings.IndexByte(name, '/'); slash >= 0 {
		name = name[:slash]
	}
	if name == "docker.io" || name == "index.docker.io" {
		return dockerHub
	}
	return name
}
