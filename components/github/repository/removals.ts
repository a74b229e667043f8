/** Removes in an update what somebody added to an exclusive share; each removal is a resource, so that the plan shows it. */
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Addition } from "./additions.ts";
import type { GitHub } from "./github.ts";
import { resourceNamePart } from "./names.ts";
import { INTERPRETER, PROGRAM, removalInput } from "./removalProgram.ts";

export interface Removing {
  parent: pulumi.ComponentResource;
  /** The parent's name. */
  name: string;
  additions: Addition[];
  github: GitHub;
  /** Its name on GitHub, without the owner. */
  repository: pulumi.Input<string>;
  /** What changes the same lists: it is done first. */
  after: pulumi.Resource[];
}

/**
 * One after the other, as GitHub asks of writes. The next update no longer declares them, and they go from the state
 * without doing anything.
 */
export function removeAdditions({ parent, name, additions, github, repository, after }: Removing): void {
  const { owner, baseUrl, token } = github;
  let dependsOn = after;
  for (const addition of additions) {
    const request = pulumi
      .all([token, repository])
      .apply(([text, called]) => removalInput({ baseUrl, token: text! }, `${owner}/${called}`, addition));
    const removal = new local.Command(
      `${name}-removes-${addition.kind.replaceAll(" ", "-")}-${resourceNamePart(addition.name)}`,
      // What was added once more before the next update has to be removed once more.
      { interpreter: INTERPRETER, create: PROGRAM, stdin: pulumi.secret(request), triggers: [Date.now()] },
      { parent, dependsOn },
    );
    dependsOn = [removal];
  }
}
