// Command pulumi-resource-docker is Slipway's stand-in for the official docker plugin: the function
// docker:index/getRegistryImage:getRegistryImage, the resource docker:index/image:Image and nothing else, for
// machines that can reach package registries alone.
package main

import "slipway.dev/toolchain/plugins/internal/standin"

// version of the official plugin whose place this takes.
var version = "5.2.0"

func main() {
	base := standin.NewBase("docker", version)
	standin.Main(base, &server{Base: base})
}
