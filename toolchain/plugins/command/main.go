// Command pulumi-resource-command is Slipway's stand-in for the official command plugin: the resources
// command:remote:Command and command:local:Command and nothing else, for machines that can reach package registries alone.
package main

import "slipway.dev/toolchain/plugins/internal/standin"

// version of the official plugin whose place this takes.
var version = "1.2.1"

func main() {
	base := standin.NewBase("command", version)
	standin.Main(base, &server{Base: base})
}
