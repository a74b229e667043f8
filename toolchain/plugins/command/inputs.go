package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"slipway.dev/toolchain/plugins/internal/standin"
)

const (
	remoteType = "command:remote:Command"
	localType  = "command:local:Command"
)

var hopShape = standin.Shape{
	"user":               {Kind: standin.String},
	"password":           {Kind: standin.String},
	"host":               {Kind: standin.String, Required: true},
	"port":               {Kind: standin.Number},
	"privateKey":         {Kind: standin.String},
	"privateKeyPassword": {Kind: standin.String},
	"agentSocketPath":    {Kind: standin.String},
	"dialErrorLimit":     {Kind: standin.Integer},
	"perDialTimeout":     {Kind: standin.Integer},
	"hostKey":            {Kind: standin.String},
}

// shapes are the inputs of the resources that there are, by type.
var shapes = map[string]standin.Shape{
	remoteType: with(standin.Shape{
		"connection": {Kind: standin.Object, Required: true, Fields: connectionShape()},
	}),
	localType: with(standin.Shape{
		"interpreter": {Kind: standin.List},
		"dir":         {Kind: standin.String},
	}),
}

// with adds what a command has wherever it runs.
func with(own standin.Shape) standin.Shape {
	shape := standin.Shape{
		"create":                 {Kind: standin.String},
		"update":                 {Kind: standin.String},
		"delete":                 {Kind: standin.String},
		"stdin":                  {Kind: standin.String},
		"logging":                {Kind: standin.String},
		"triggers":               {Kind: standin.List},
		"environment":            {Kind: standin.Strings},
		"addPreviousOutputInEnv": {Kind: standin.Bool},
	}
	for name, field := range own {
		shape[name] = field
	}
	return shape
}

// Hop is how to reach one SSH server: the target or the bastion before it.
type Hop struct {
	User               string  `json:"user"`
	Password           *string `json:"password"`
	Host               string  `json:"host"`
	Port               float64 `json:"port"`
	PrivateKey         *string `json:"privateKey"`
	PrivateKeyPassword *string `json:"privateKeyPassword"`
	AgentSocketPath    *string `json:"agentSocketPath"`
	DialErrorLimit     *int    `json:"dialErrorLimit"`
	PerDialTimeout     *int    `json:"perDialTimeout"`
	HostKey            *string `json:"hostKey"`
}

type connection struct {
	Hop
	Proxy *Hop `json:"proxy"`
}

// command is the resource's state: its inputs and the output of the last run.
type command struct {
	Create                 *string           `json:"create"`
	Update                 *string           `json:"update"`
	Delete                 *string           `json:"delete"`
	Stdin                  *string           `json:"stdin"`
	Logging                *string           `json:"logging"`
	Environment            map[string]string `json:"environment"`
	AddPreviousOutputInEnv *bool             `json:"addPreviousOutputInEnv"`
	Connection             connection        `json:"connection"`
	Interpreter            []string          `json:"interpreter"`
	Dir                    *string           `json:"dir"`
	Stdout                 string            `json:"stdout"`
	Stderr                 string            `json:"stderr"`
}

// triggers are left out: they may hold assets, and no run reads them.
var decodedKeys = []string{
	"create", "update", "delete", "stdin", "logging", "environment", "addPreviousOutputInEnv", "connection",
	"interpreter", "dir", "stdout", "stderr",
}

func decode(properties resource.PropertyMap) (*command, error) {
	decoded := &command{Connection: connection{Hop: Hop{User: defaultUser, Port: defaultPort}}}
	return decoded, standin.Decode(properties, decodedKeys, decoded)
}

// opening are the properties of a hop that open it: each is a secret of its own, within the secret connection.
var opening = map[resource.PropertyKey]bool{"password": true, "privateKey": true, "privateKeyPassword": true}

// withDefaults fills in the connection's defaults and marks what is secret, as the official plugin does.
func withDefaults(inputs resource.PropertyMap) resource.PropertyMap {
	completed := inputs.Copy()
	if given, present := inputs["connection"]; present {
		completed["connection"] = secret(withHop(given, hopDefaults))
	}
	return completed
}

// withHop changes the hop in a value and leaves secrecy and whatever is no hop as it is.
func withHop(value resource.PropertyValue, change func(resource.PropertyMap) resource.PropertyMap) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return secret(withHop(value.SecretValue().Element, change))
	case value.IsObject():
		return resource.NewProperty(change(value.ObjectValue()))
	}
	return value
}

func secret(value resource.PropertyValue) resource.PropertyValue {
	if value.IsSecret() {
		return value
	}
	return resource.MakeSecret(value)
}

func hopDefaults(hop resource.PropertyMap) resource.PropertyMap {
	completed := resource.PropertyMap{
		"user":           resource.NewProperty(defaultUser),
		"port":           resource.NewProperty(float64(defaultPort)),
		"dialErrorLimit": resource.NewProperty(float64(defaultDialErrorLimit)),
		"perDialTimeout": resource.NewProperty(float64(defaultPerDialTimeout)),
	}
	for key, value := range hop {
		switch {
		case key == "proxy":
			value = withHop(value, hopDefaults)
		case opening[key]:
			value = secret(value)
		}
		completed[key] = value
	}
	return completed
}

func connectionShape() standin.Shape {
	shape := standin.Shape{"proxy": {Kind: standin.Object, Fields: hopShape}}
	for name, field := range hopShape {
		shape[name] = field
	}
	return shape
}
