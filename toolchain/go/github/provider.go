package main

import (
	"github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	sdk "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const origin = "Built from the provider's source by the Terraform bridge, not the official binary."

// provider maps the Terraform provider onto Pulumi as the official plugin does: tokens, names, defaults and the order
// of replacements. test/conformance/github-names.test.ts compares the outcome with the official SDK.
func provider() tfbridge.ProviderInfo {
	deleteFirst := func() *tfbridge.ResourceInfo { return &tfbridge.ResourceInfo{DeleteBeforeReplace: true} }
	replacedBy := func(field string) *tfbridge.ResourceInfo {
		return &tfbridge.ResourceInfo{Fields: map[string]*tfbridge.SchemaInfo{field: {ForceNew: tfbridge.True()}}}
	}
	info := tfbridge.ProviderInfo{
		P: sdk.NewProvider(github.NewProvider(source, "")(),
			sdk.WithPlanResourceChange(func(string) bool { return true })),
		Name:                           "github",
		Version:                        version,
		Description:                    origin,
		GitHubOrg:                      "integrations",
		MetadataInfo:                   tfbridge.NewProviderMetadata([]byte("{}")),
		EnableZeroDefaultSchemaVersion: true,
		Config: map[string]*tfbridge.SchemaInfo{
			"base_url": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"GITHUB_BASE_URL"}, Value: "https://api.github.com/"}},
			"token":    {Default: &tfbridge.DefaultInfo{EnvVars: []string{"GITHUB_TOKEN"}}, Secret: tfbridge.True()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"github_actions_environment_secret":     deleteFirst(),
			"github_repository_autolink_reference":  deleteFirst(),
			"github_repository_collaborator":        deleteFirst(),
			"github_repository_deploy_key":          deleteFirst(),
			"github_actions_organization_secret":    replacedBy("selected_repository_ids"),
			"github_codespaces_organization_secret": replacedBy("selected_repository_ids"),
			"github_dependabot_organization_secret": replacedBy("selected_repository_ids"),
			// Once many were allowed; the official SDK has kept the list.
			"github_repository_environment": {Fields: map[string]*tfbridge.SchemaInfo{"reviewers": {MaxItemsOne: tfbridge.False()}}},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: "github:index/getGithubApp:getGithubApp"},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	info.SetAutonaming(255, "-")
	return info
}
