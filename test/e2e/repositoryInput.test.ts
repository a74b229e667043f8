import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { callsOf, forget, leave, programOf, said, scene, settingsOf, text } from "./support/repository.ts";

const GOOD = { name: "shop", stack: "dev", actions: false };
/** One of each kind, in two declarations and the settings. */
const WRONG = [
  {
    name: "shop",
    stack: "dev",
    topics: ["Not A Topic"],
    homepage: "shop.example.com",
    checks: ["a", "a"],
    branches: "gitfow",
    protection: "some",
    tags: ["refs/tags/v*"],
    labels: [{ name: "bug", color: "#d73a4a" }],
    webhooks: { ci: { url: "https://user:pass@ci.example.com/", events: [] } },
    deployKeys: { mirror: { key: "-----BEGIN OPENSSH PRIVATE KEY-----" } },
    secrets: ["GITHUB_TOKEN", "MISSING"],
    environments: { dev: { waitTimer: 99_999, host: "nowhere" } },
    files: { content: { "../out": "" } },
    merge: { squash: false },
  },
  { name: "blog", stack: "" },
  { name: "Blog", stack: "dev" },
];
const TOLD = [
  "topics",
  "homepage",
  "checks",
  "branches",
  "protection",
  "tags",
  "labels.bug.color",
  "webhooks.ci.url",
  "webhooks.ci.events",
  "deployKeys.mirror.key",
  'secrets: "GITHUB_TOKEN"',
  'secrets: "MISSING"',
  "environments.dev.waitTimer",
  "environments.dev.host",
  "files.content",
  "merge",
].map((place) => `shop.${place}`);

let github: TestGithub, project: Project;

beforeAll(async () => {
  ({ github, project } = await scene("repository-input", text(GOOD)));
});
afterAll(() => leave(github, project));

it("wrong declarations are told all at once, and GitHub is not asked anything", async () => {
  project.write("index.ts", programOf(text(...WRONG)));
  project.setConfig(settingsOf(github, { shop: {}, unheard: {} }));
  for (const result of [await project.up(), await project.pulumi(["preview", "--stack", project.stack])]) {
    expect(result.code).not.toBe(0);
    for (const place of TOLD) expect(said(result)).toContain(place);
    expect(said(result)).toContain("blog.stack");
    expect(said(result)).toMatch(/"Blog"/);
    expect(said(result)).toContain("slipway:repositories.unheard: no repository of this name is declared");
    expect(said(result), "no stack trace").not.toMatch(/at .*\.ts:\d+/);
    expect(said(result)).not.toMatch(/user:pass|BEGIN OPENSSH/);
  }
  expect(await callsOf(github)).toEqual([]);
});

it("wrong settings too", async () => {
  project.write("index.ts", programOf(text(GOOD)));
  project.setConfig({
    ...settingsOf(github, { shop: { waitTimer: -1, secrets: { "lower case": "planted-value" } } }),
    "slipway:github": { owner: "no/owner", baseUrl: "localhost", writeDelayMs: -5, keySeed: "short" },
  });
  const result = await project.up();
  expect(result.code).not.toBe(0);
  for (const place of [
    "slipway:github.owner",
    "slipway:github.baseUrl",
    "slipway:github.writeDelayMs",
    "slipway:github.keySeed",
    "slipway:repositories.shop.waitTimer",
    "slipway:repositories.shop.secrets",
  ])
    expect(said(result)).toContain(place);
  expect(said(result)).not.toContain("planted-value");
  expect(await callsOf(github)).toEqual([]);
});

it("somebody whom GitHub does not know is told before anything is written", async () => {
  project.write(
    "index.ts",
    programOf(
      text({
        ...GOOD,
        bypass: { users: ["nobody-here"] },
        environments: { dev: { reviewers: { teams: ["no-team"] } } },
      }),
    ),
  );
  project.setConfig(settingsOf(github, { shop: {} }));
  await forget(github);
  const result = await project.up();
  expect(result.code).not.toBe(0);
  expect(said(result)).toContain('bypass.users: "nobody-here" was not found as a user on GitHub; correct the name');
  expect(said(result)).toContain('reviewers.teams: "no-team" was not found as a team of harbour; correct the name');
  expect((await callsOf(github)).filter(({ method, path }) => method !== "GET" && path !== "/api/graphql")).toEqual([]);
});

it("and once it is right, it goes", async () => {
  project.write("index.ts", programOf(text(GOOD)));
  project.setConfig(settingsOf(github));
  expectOk(await project.up());
});
