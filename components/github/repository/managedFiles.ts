import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { differing, type FilesPlan, proposalBranch, proposalText, type Tree } from "./files.ts";
import { resourceNamePart } from "./names.ts";
import type { Transform } from "./partSpecs.ts";
import { github } from "./sdk.ts";
import { transformed } from "./transform.ts";

export interface ManagedFilesArgs {
  plan: FilesPlan;
  repository: sdk.Repository;
  /** The files on their target branch; only read when they go through a pull request. */
  tree: Tree;
  transform?: Transform;
}

/**
 * Files that the program keeps in a repository: either committed to their branch, where a refresh shows manual changes,
 * or proposed by a pull request as long as the branch differs.
 */
export class ManagedFiles extends pulumi.ComponentResource {
  private readonly resourceName: string;
  private readonly args: ManagedFilesArgs;

  constructor(name: string, args: ManagedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:repository:ManagedFiles", name, { through: args.plan.through, branch: args.plan.branch }, opts);
    this.resourceName = name;
    this.args = args;
    if (args.plan.through === "branch") this.write("", args.plan.content, args.plan.branch);
    else this.propose();
    this.registerOutputs({});
  }

  /** Files that are no longer declared stay in the repository: changing `through` must not delete them. */
  private write(suffix: string, content: Record<string, string>, branch: pulumi.Input<string>): pulumi.Resource[] {
    const { repository, plan, transform } = this.args;
    return Object.entries(content).map(([path, text]) => {
      const name = `${this.resourceName}${suffix}-${resourceNamePart(path)}`;
      return new github.RepositoryFile(
        name,
        transformed(
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

  /** A proposal is left in place once it is merged or no longer needed: GitHub may have deleted the branch already. */
  private propose(): void {
    const { plan, repository, tree, transform } = this.args;
    const content = differing(plan.content, tree);
    if (Object.keys(content).length === 0) return;
    const proposal = proposalBranch(plan.content, tree);
    const suffix = proposal.slice(proposal.lastIndexOf("-"));
    const opts = { parent: this, retainOnDelete: true };
    const [branchName, requestName] = [
      `${this.resourceName}${suffix}-branch`,
      `${this.resourceName}${suffix}-pull-request`,
    ];
    const branch = new github.Branch(
      branchName,
      transformed(
        transform,
        "branch",
        { repository: repository.name, branch: proposal, sourceBranch: plan.branch },
        branchName,
      ),
      opts,
    );
    const files = this.write(suffix, content, branch.branch);
    // A renamed repository keeps its open pull request, and GitHub refuses a second one for the same branch.
    new github.RepositoryPullRequest(
      requestName,
      transformed(
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
