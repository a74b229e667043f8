/** A Pulumi project that declares repositories on a GitHub of its own. */
import { TestGithub } from "../../sandbox/support/server.ts";
import { renderProgram } from "../../support/program.ts";
import { Project } from "../../support/project.ts";
import type { Result } from "../../support/run.ts";

export const OWNER = "harbour";
export const SEED = "0123456789abcdef0123456789abcdef";

export interface Scene {
  github: TestGithub;
  project: Project;
}

/** A program that declares these repositories; `specs` is TypeScript. */
export const programOf = (specs: string): string => renderProgram({ repositories: [specs] });

/** Several declarations as TypeScript; a value of type string is taken as it is. */
export const text = (...specs: (string | object)[]): string =>
  specs.map((spec) => (typeof spec === "string" ? spec : JSON.stringify(spec, null, 2))).join(", ");

export const settingsOf = (
  github: TestGithub,
  repositories: Record<string, unknown> = {},
): Record<string, unknown> => ({
  "slipway:github": {
    owner: OWNER,
    tokenFile: github.file("token"),
    baseUrl: github.url,
    writeDelayMs: 0,
    keySeed: SEED,
  },
  "slipway:repositories": repositories,
});

export async function scene(
  name: string,
  specs: string,
  repositories: Record<string, unknown> = {},
  stack = "dev",
): Promise<Scene> {
  const github = new TestGithub();
  await github.start();
  return { github, project: await projectOn(github, name, specs, repositories, stack) };
}

export const projectOn = (
  github: TestGithub,
  name: string,
  specs: string,
  repositories: Record<string, unknown> = {},
  stack = "dev",
): Promise<Project> =>
  Project.create({
    name,
    stack,
    program: programOf(specs),
    config: settingsOf(github, repositories),
    env: { GITHUB_TOKEN: undefined },
  });

/** Ends the server and removes all files; parts that a failed start never made are none. */
export async function leave(github: TestGithub | undefined, ...projects: (Project | undefined)[]): Promise<void> {
  projects.forEach((project) => project?.dispose());
  await github?.remove();
}

export interface Call {
  method: string;
  path: string;
  status: number;
  note?: string;
}

/** What GitHub was asked since `forget`, oldest first. */
export const callsOf = async (github: TestGithub): Promise<Call[]> =>
  (await github.control("GET", "/calls?tail=5000")).body.calls;

export const forget = (github: TestGithub): Promise<unknown> => github.control("DELETE", "/calls");

/** Calls that were to change something: `PUT /repos/harbour/shop/topics`. Questions to GraphQL are none. */
export const writesOf = async (github: TestGithub): Promise<string[]> =>
  (await callsOf(github))
    .filter(({ method, path }) => method !== "GET" && path !== "/api/graphql")
    .map(({ method, path }) => `${method} ${path.replace("/api/v3", "")}`);

/** Every secret in clear text, as GitHub could open them. */
export const secretsOf = async (github: TestGithub, repository = `${OWNER}/shop`) =>
  (await github.control("GET", "/secrets")).body[repository] as {
    actions: Record<string, string>;
    environments: Record<string, Record<string, string>>;
    webhooks: Record<string, string>;
  };

/** The body of an answer to a question that must be answered; `path` below the repository. */
export async function read(github: TestGithub, path: string, repository = "shop"): Promise<any> {
  const { status, body } = await github.rest("GET", `/repos/${OWNER}/${repository}${path}`);
  if (status >= 300) throw new Error(`GET ${path} of ${repository} answers ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** A call that must be obeyed. */
export async function change(github: TestGithub, method: string, path: string, body?: unknown): Promise<any> {
  const answer = await github.rest(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Text of a file on a branch. */
export const fileOf = async (github: TestGithub, path: string, repository = "shop", ref = "main"): Promise<string> =>
  Buffer.from((await read(github, `/contents/${path}?ref=${ref}`, repository)).content, "base64").toString();

/** Fails with what would change, in a preview that asks GitHub first unless other arguments are given. @returns what it said */
export async function expectSettled(project: Project, args = ["--refresh"]): Promise<string> {
  const words = ["preview", "--expect-no-changes", "--diff", "--stack", project.stack, ...args];
  const result = await project.pulumi(words);
  if (result.code !== 0) throw new Error(`preview ${args.join(" ")} shows changes:\n${said(result)}`);
  return said(result);
}

export const said = (result: Result): string => `${result.stdout}\n${result.stderr}`;
