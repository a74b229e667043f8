import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { differing, type FilesPlan, proposalBranch, proposalText, type Tree } from "./files.ts";
import { part } from "./names.ts";
import { shaped } from "./part.ts";
import type { Transform } from "./partSpecs.ts";
import { github } from "./sdk.ts";

export interface ManagedFilesArgs {
  plan: FilesPlan;
  repository: sdk.Repository;
  /** What the files are where they belong; only asked for when they go through a pull request. */
  tree: Tree;
  transform?: Transform;
}

/**
 * Files that the program keeps in a repository: committed to their branch, where a change by hand shows in a refresh, or
 * proposed by a pull request as long as the branch has something else.
 */
export class ManagedFiles extends pulumi.ComponentResource {
  private readonly own: string;
  private readonly args: ManagedFilesArgs;

  constructor(name: string, args: ManagedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:repository:ManagedFiles", name, { through: args.plan.through, branch: args.plan.branch }, opts);
    this.own = name;
    this.args = args;
    if (args.plan.through === "branch") this.write("", args.plan.content, args.plan.branch);
    else this.propose();
    this.registerOutputs({});
  }

  /** What is no longer declared stays in the repository: another way through must not take the files away. */
  private write(suffix: string, content: Record<string, string>, branch: pulumi.Input<string>): pulumi.Resource[] {
    const { repository, plan, transform } = this.args;
    return Object.entries(content).map(([path, text]) => {
      const name = `${this.own}${suffix}-${part(path)}`;
      return new github.RepositoryFile(
        name,
        shaped(
          transform,
          "file",
          {
            repository: repository.name,
            branch,
            file: path,
            content: text,
            commitMessage: plan.message,
            overwriteOnCreate: true,
          },
          name,
        ),
        { parent: this, retainOnDelete: true },
      );
    });
  }

  /** What was proposed is left where it is when it is merged or no longer needed: GitHub may have deleted the branch itself. */
  private propose(): void {
    const { plan, repository, tree, transform } = this.args;
    const content = differing(plan.content, tree);
    if (Object.keys(content).length === 0) return;
    const proposal = proposalBranch(plan.content, tree);
    const suffix = proposal.slice(proposal.lastIndexOf("-"));
    const opts = { parent: this, retainOnDelete: true };
    const [branchName, requestName] = [`${this.own}${suffix}-branch`, `${this.own}${suffix}-pull-request`];
    const branch = new github.Branch(
      branchName,
      shaped(
        transform,
        "branch",
        { repository: repository.name, branch: proposal, sourceBranch: plan.branch },
        branchName,
      ),
      opts,
    );
    const files = this.write(suffix, content, branch.branch);
    // A renamed repository keeps its open request, and GitHub refuses a second one for the same branch.
    new github.RepositoryPullRequest(
      requestName,
      shaped(
        transform,
        "pullRequest",
        {
          baseRepository: repository.name,
          baseRef: plan.branch,
          headRef: branch.branch,
          title: plan.message,
          body: proposalText(Object.keys(content)),
        },
        requestName,
      ),
      { ...opts, dependsOn: files, ignoreChanges: ["baseRepository"] },
    );
  }
}
