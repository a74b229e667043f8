/** Finds what somebody added by hand, in every preview and update that has a token, and tells it. */
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../shared/records.ts";
import { gitHubResources } from "../../state/lastState.ts";
import { valuesRead } from "../workflows/index.ts";
import { type Addition, type BypassActor, environmentAdditions, repositoryAdditions } from "./additions.ts";
import { foreign } from "./additionsKept.ts";
import { plainTextOf } from "./existing.ts";
import { environmentNames } from "./furtherEnvironments.ts";
import { type GitHub, knownNumber } from "./github.ts";
import { readEnvironment, reader, readRepository, type Untold } from "./lists.ts";
import type { StackShare } from "./plan.ts";
import { actorTypeOf, type RulesetPlan } from "./rulesets.ts";
import type { RepositorySpec } from "./spec.ts";
import { workflowsIn } from "./targets.ts";

/** What an update removes: the additions to an exclusive share. */
export interface Removals {
  repository: Addition[];
  /** By the suffix of the environment's component. */
  environments: Record<string, Addition[]>;
}

/** Warns of every addition to this stack's share of a repository, and returns those that are to be removed. */
export async function findAdditions(access: GitHub, spec: RepositorySpec, share: StackShare): Promise<Removals> {
  const { key, owner, name, whole, environments } = share;
  if (!access.token) return { repository: [], environments: {} };
  const untold: Untold = {};
  const api = { token: await plainTextOf(access.token), ...defined({ baseUrl: access.baseUrl }) };
  const list = reader(api, `${owner}/${name}`, untold);
  const [ofRepository, ...ofEnvironments] = await Promise.all([
    whole
      ? Promise.all([
          readRepository(
            list,
            whole.rulesets.map((ruleset) => ruleset.name),
            { labels: whole.labels !== undefined },
          ),
          declaredBypass(access, whole.rulesets),
        ]).then(([found, bypass]) => repositoryAdditions(whole, environmentNames(spec), bypass, found))
      : [],
    ...environments.map(async ({ plan }) => environmentAdditions(plan, await readEnvironment(list, plan.name))),
  ]);
  // The state is read only where there is something to judge by it: for some backends that takes a process of its own.
  const state = ofRepository.length + ofEnvironments.flat().length > 0 ? await gitHubResources() : [];
  const judged = async (
    place: string,
    additions: Addition[],
    exclusive = false,
    readBy?: string[],
  ): Promise<Addition[]> => {
    const added = foreign(additions, name, state);
    if (added.length === 0) return [];
    // What jobs read would be missed the next time that one runs, and a secret cannot be read back.
    const { secrets, variables } = valuesRead(workflowsIn(spec) ?? {}, readBy);
    const isRead = ({ kind, name: of }: Addition): boolean =>
      (kind === "secret" && secrets.includes(of)) || (kind === "variable" && variables.includes(of));
    const removed = exclusive ? added.filter((addition) => !isRead(addition)) : [];
    await tell(`repositories: ${key}${place}`, removed, REMOVED);
    await tell(
      `repositories: ${key}${place}`,
      added.filter((addition) => !removed.includes(addition)),
      exclusive ? KEPT : LEFT,
    );
    return removed;
  };
  const repository = await judged("", ofRepository, whole?.exclusive);
  const inEnvironments: Record<string, Addition[]> = {};
  for (const [index, { suffix, place, readBy, plan }] of environments.entries())
    inEnvironments[suffix] = await judged(`.${place}`, ofEnvironments[index]!, plan.exclusive, readBy);
  await tellUntold(key, untold);
  return { repository, environments: inEnvironments };
}

/** Who may bypass each ruleset, by the ruleset's name, as GitHub would tell it. */
async function declaredBypass(access: GitHub, rulesets: RulesetPlan[]): Promise<Record<string, BypassActor[]>> {
  const entries = rulesets.map(
    async ({ name, bypass }): Promise<[string, BypassActor[]]> => [
      name,
      await Promise.all(
        bypass.map(async (actor) => ({
          actor_type: actorTypeOf(actor),
          actor_id: actor.kind === "id" ? (actor.actorId ?? null) : await knownNumber(access, actor.kind, actor.name),
          bypass_mode: actor.mode,
        })),
      ),
    ],
  );
  return Object.fromEntries(await Promise.all(entries));
}

const REMOVED = "`pulumi up` removes it, as this is exclusive; declare what is to stay";
const KEPT = "it stays, as the generated workflows read it; declare it, or delete it on GitHub";
const LEFT = "declare it, delete it on GitHub, or set exclusive: true, by which `pulumi up` removes it";

async function tell(place: string, additions: Addition[], remedy: string): Promise<void> {
  if (additions.length === 0) return;
  await pulumi.log.warn(
    `${place}: GitHub has what is not declared: ${additions.map(({ text }) => text).join(", ")}; ${remedy}`,
  );
}

/** What is not told may hold anything: no warning does not mean that nothing was added. */
async function tellUntold(key: string, untold: Untold): Promise<void> {
  const [why] = Object.values(untold);
  if (why === undefined) return;
  await pulumi.log.info(
    `repositories: ${key}: whether somebody added ${Object.keys(untold).join(", ")} is not known: ${why}`,
  );
}
