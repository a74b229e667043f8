/**
 * What declared repositories take, against the same resources written out by hand with the provider alone, each on a
 * GitHub of its own.
 */

import { TestGithub } from "../sandbox/support/server.ts";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { say } from "./place.ts";
import { measured, median } from "./statistics.ts";

const OWNER = "harbour";
const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}_${index + 1}`);

/** 40 resources each. */
const declarations = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `bench-${index + 1}`,
    stack: "test",
    branches: "gitflow",
    checks: ["quality gate"],
    bypass: { users: ["ada"], mode: "always" },
    secrets: names("SECRET", 5),
    variables: Object.fromEntries(names("VARIABLE", 6).map((name) => [name, "value"])),
    labels: [{ name: "bug", color: "d73a4a" }],
    webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"] } },
    collaborators: { grace: "maintain" },
    teams: { reviewers: "push" },
    environments: {
      test: {
        branches: ["main", "develop"],
        reviewers: { users: ["grace"] },
        deployKey: true,
        secrets: names("OWN", 3),
        variables: Object.fromEntries(names("LEVEL", 3).map((name) => [name, "value"])),
      },
    },
    community: { dependabot: true, codeowners: { "*": ["@grace"] }, security: {}, pullRequestTemplate: true },
  }));

/** The resources of a state, in its order, which is that of their dependencies. */
const BARE = `
import { readFileSync } from "node:fs";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
const { provider: args, resources } = JSON.parse(readFileSync("resources.json", "utf8"));
const provider = new github.Provider("bare", args);
const made = {};
for (const { urn, type, name, inputs, secret, dependencies } of resources) {
  const values = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, secret.includes(key) ? pulumi.secret(value) : value]));
  made[urn] = new github[type](name, values, { provider, dependsOn: dependencies.flatMap((one) => made[one] ?? []) });
}
`;

const settings = (github: TestGithub, count: number): Record<string, unknown> => ({
  "slipway:github": {
    owner: OWNER,
    tokenFile: github.file("token"),
    baseUrl: github.url,
    writeDelayMs: 0,
    keySeed: "0123456789abcdef0123456789abcdef",
  },
  "slipway:repositories": Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `bench-${index + 1}`,
      {
        secrets: Object.fromEntries([...names("SECRET", 5), ...names("OWN", 3)].map((name) => [name, "value"])),
      },
    ]),
  ),
});

interface Exported {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
  dependencies?: string[];
}

/** What the bare program makes: the same resources with the same arguments. */
async function resourcesOf(project: Project): Promise<object[]> {
  const all = (JSON.parse(await project.export(["--show-secrets"])) as { deployment: { resources: Exported[] } })
    .deployment.resources;
  return all
    .filter(({ type }) => type.startsWith("github:"))
    .map(({ urn, type, inputs, dependencies = [] }) => {
      const secret: string[] = [];
      const plain = Object.fromEntries(
        Object.entries(inputs)
          .filter(([key]) => key !== "__defaults")
          .map(([key, value]) => [key, opened(value, () => secret.push(key))]),
      );
      return { urn, type: type.split(":").at(-1), name: urn.split("::").at(-1), inputs: plain, secret, dependencies };
    });
}

function opened(value: unknown, found: () => void): unknown {
  if (Array.isArray(value)) return value.map((each) => opened(each, found));
  if (typeof value !== "object" || value === null) return value;
  const { plaintext, ...rest } = value as Record<string, unknown>;
  if (typeof plaintext === "string") return (found(), JSON.parse(plaintext));
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => key !== "__defaults")
      .map(([key, each]) => [key, opened(each, found)]),
  );
}

interface Taken {
  seconds: number;
  calls: number;
}

async function taken(github: TestGithub, work: () => Promise<Result>): Promise<Taken> {
  await github.control("DELETE", "/calls");
  const { seconds } = expectOk(await work());
  return { seconds, calls: (await github.control("GET", "/calls?tail=0")).body.count };
}

const preview =
  (project: Project, ...args: string[]) =>
  () =>
    project.pulumi(["preview", "--expect-no-changes", "--stack", project.stack, ...args]);

const summary = (all: Taken[]) => ({
  ...measured(all.map(({ seconds }) => seconds)),
  calls: median(all.map(({ calls }) => calls)),
});

/** Makes everything once, and looks at it `runs` times, plainly and by asking GitHub. */
async function measure(what: string, github: TestGithub, project: Project, runs: number) {
  const up = await taken(github, () => project.up());
  say(`${what}: up from nothing ${up.seconds.toFixed(1)} s with ${up.calls} calls`);
  expectOk(await preview(project)());
  const plain: Taken[] = [],
    refreshed: Taken[] = [];
  for (let run = 0; run < runs; run++) {
    plain.push(await taken(github, preview(project)));
    refreshed.push(await taken(github, preview(project, "--refresh")));
    say(
      `${what}: preview ${plain.at(-1)!.seconds.toFixed(1)} s with ${plain.at(-1)!.calls} calls, with --refresh ${refreshed.at(-1)!.seconds.toFixed(1)} s with ${refreshed.at(-1)!.calls}`,
    );
  }
  return { up_from_nothing: summary([up]), preview_noop: summary(plain), preview_noop_refresh: summary(refreshed) };
}

async function pair(count: number, runs: number) {
  const servers = [new TestGithub(), new TestGithub()] as const;
  const projects: Project[] = [];
  try {
    for (const server of servers) await server.start();
    const declared = await Project.create({
      name: "bench-repositories",
      program: renderProgram({ repositories: declarations(count) }),
      config: settings(servers[0], count),
    });
    projects.push(declared);
    const own = await measure(`${count} declared`, servers[0], declared, runs);
    const bare = await Project.create({
      name: "bench-repositories-bare",
      program: BARE,
      env: { GITHUB_TOKEN: servers[1].token },
    });
    projects.push(bare);
    const resources = await resourcesOf(declared);
    // People and teams have the same numbers on every fresh server.
    bare.write(
      "resources.json",
      JSON.stringify({ provider: { owner: OWNER, baseUrl: servers[1].url, writeDelayMs: 0 }, resources }),
    );
    const plain = await measure(`${count} bare`, servers[1], bare, runs);
    return { resources: resources.length, declared: own, bare: plain };
  } finally {
    for (const project of projects) project.dispose();
    for (const server of servers) await server.remove();
  }
}

/** By number of repositories. */
export async function repositories(sizes: number[], runs: number) {
  const found: Record<number, Awaited<ReturnType<typeof pair>>> = {};
  for (const size of sizes) found[size] = await pair(size, runs);
  return found;
}
