/** Who may make a release: a new tag is what `deploy` deploys. */
import type { Problems } from "../../shared/problems.ts";
import type { BypassSpec } from "./branchSpec.ts";
import { checkBypass } from "./bypass.ts";
import { hasPeople, keyOf } from "./environmentPlan.ts";
import type { RepositorySpec } from "./spec.ts";
import { deployTargets, RELEASE_TAGS } from "./targets.ts";

/** @returns undefined where whoever may write may create them */
export function tagCreatorsOf(problems: Problems, spec: RepositorySpec): BypassSpec | undefined {
  const { tagCreators, bypass = {}, workflows: { app, release } = {} } = spec;
  const releaser = app && release ? [app.slug] : [];
  if (tagCreators === undefined && releaser.length === 0) return undefined;
  const declared = tagCreators ?? {};
  checkBypass(problems, declared, "tagCreators");
  if (tagCreators && spec.protection === "none")
    problems.add(
      "tagCreators",
      "none",
      "is the declared protection, by which nobody is kept from anything; leave out one of the two",
    );
  if (release && releaser.length === 0)
    problems.add(
      "tagCreators",
      Object.values(declared).flat(),
      "have not among them the token of the job that releases, to which GitHub would refuse the tag; declare workflows.app, which may create it, or leave out workflows.release",
    );
  const both = (one: string[] = [], other: string[] = []): string[] => [...new Set([...one, ...other])];
  return {
    users: both(declared.users, bypass.users),
    teams: both(declared.teams, bypass.teams),
    apps: both(both(declared.apps, bypass.apps), releaser),
    roles: both(declared.roles, bypass.roles) as NonNullable<BypassSpec["roles"]>,
  };
}

/** Tells which environments any new tag is deployed to, whoever pushes it, without anybody's approval. */
export function openTags(spec: RepositorySpec): string[] {
  const {
    preset,
    protection,
    tags = RELEASE_TAGS,
    tagCreators,
    environments = {},
    workflows: { app, release } = {},
  } = spec;
  const isLocked = (tagCreators || (app && release)) && RELEASE_TAGS.every((pattern) => tags.includes(pattern));
  if (preset === "solo" || protection === "none" || isLocked) return [];
  const open = Object.entries(deployTargets(spec))
    .filter(([stack, { on }]) => on === "tag" && !hasPeople(environments[stack]?.reviewers))
    .map(([stack]) => stack);
  return open.length === 0
    ? []
    : [
        `repositories: ${keyOf(spec)}: whoever may write may push a new tag ${RELEASE_TAGS.join()}, with workflows as they write them, and ${open.join(" and ")} gives its secrets to a tag without anybody's approval; let an app release (workflows.app), or name tagCreators, for these tags, or reviewers of the environment`,
      ];
}
