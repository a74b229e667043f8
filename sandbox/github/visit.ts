/** What a person does with the sandbox's GitHub in the demo: views a repository, and loosens one of its rules. */
import { readFile } from "node:fs/promises";
import { Failure } from "../run.ts";
import { addressOf, type GithubPlace } from "./process.ts";
import type { Environment, Repository, State } from "./types.ts";

async function ask<T>(place: GithubPlace, method: string, path: string, body?: unknown): Promise<T> {
  const { url, tokenFile } = addressOf(place);
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${(await readFile(tokenFile, "utf8")).trim()}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Failure(`github: ${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function find(place: GithubPlace, fullName: string): Promise<Repository | undefined> {
  const { repositories } = await ask<State>(place, "GET", "_sandbox/state");
  return repositories.find(({ owner, name }) => `${owner}/${name}` === fullName);
}

/** Whether the repository exists. */
export const knows = async (fullName: string, place: GithubPlace = {}): Promise<boolean> =>
  (await find(place, fullName)) !== undefined;

async function repositoryOf(place: GithubPlace, fullName: string): Promise<Repository> {
  const found = await find(place, fullName);
  if (!found) throw new Failure(`github: there is no repository ${fullName}`);
  return found;
}

/** How many files differ between a branch and the default branch. */
function changed({ refs, commits, settings }: Repository, branch: string): number {
  const filesOf = (name: string): Record<string, string> => commits[refs[`refs/heads/${name}`] ?? ""]?.files ?? {};
  const before = filesOf(settings.default_branch);
  return Object.entries(filesOf(branch)).filter(([path, blob]) => before[path] !== blob).length;
}

const names = (of: object): string => Object.keys(of).sort().join(", ") || "none";

/** Describes a repository in a few lines: what protects it, its environments, the names of its secrets, its pull requests. */
export async function visit(fullName: string, place: GithubPlace = {}): Promise<string[]> {
  const repository = await repositoryOf(place, fullName);
  const { settings, refs, rulesets, secrets, variables, actions, environments, pulls } = repository;
  const branches = Object.keys(refs)
    .filter((ref) => ref.startsWith("refs/heads/"))
    .map((ref) => ref.slice("refs/heads/".length));
  const row = (head: string, text: string): string => `  ${head.padEnd(14)}${text}`;
  return [
    `${fullName}, ${settings.visibility}`,
    row("branches", branches.sort().join(", ")),
    ...rulesets.map(({ name, enforcement, rules }) =>
      row(
        "rules",
        `${name} (${enforcement}): ${rules
          .map(({ type }) => type)
          .sort()
          .join(", ")}`,
      ),
    ),
    row(
      "actions",
      `${actions.allowed_actions}, ${actions.sha_pinning_required ? "pinned by commit" : "not pinned"}; token may ${actions.workflow.default_workflow_permissions}`,
    ),
    ...environments.map((environment) => row("environment", environmentText(environment))),
    row("secrets", names(secrets)),
    row("variables", names(variables)),
    ...pulls.map(({ number, title, head, state }) =>
      row("pull request", `#${number} (${state}) "${title}": ${changed(repository, head)} files`),
    ),
  ];
}

const environmentText = ({ name, policies, reviewers, secrets, variables }: Environment): string =>
  `${name}: from ${policies.map((policy) => `${policy.type} ${policy.name}`).join(", ") || "anywhere"}; ${reviewers.length} reviewers; secrets ${names(secrets)}; variables ${names(variables)}`;

/** Switches a ruleset off, like someone in a hurry would in the browser. */
export async function switchOff(fullName: string, ruleset: string, place: GithubPlace = {}): Promise<void> {
  const found = (await repositoryOf(place, fullName)).rulesets.find(({ name }) => name === ruleset);
  if (!found) throw new Failure(`github: ${fullName} has no ruleset "${ruleset}"`);
  await ask(place, "PUT", `api/v3/repos/${fullName}/rulesets/${found.id}`, { enforcement: "disabled" });
}
