// Command pulumi-resource-github is the GitHub provider for Pulumi, for machines that can reach package registries
// alone: the provider's source, integrations/terraform-provider-github, on the Terraform bridge. It is not the official
// binary, and no stand-in either: what talks to GitHub is the same code.
package main

import (
	"encoding/json"
	"log"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// The official plugin of this version has the same source, terraform-provider-github of that version.
var version, source = "6.15.0", "6.13.0"

func main() {
	info := provider()
	schema, err := json.Marshal(packageSchema(&info))
	if err != nil {
		log.Fatal(err)
	}
	tfbridge.Main(info.Name, version, info, schema)
}
