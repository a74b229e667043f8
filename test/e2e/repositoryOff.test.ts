/** A pipeline that deploys: it has no token that may administer, and leaves GitHub alone. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { callsOf, forget, leave, OWNER, SEED, said, scene, settingsOf, text } from "./support/repository.ts";

const SHOP = {
  name: "shop",
  stack: "dev",
  protect: false,
  files: { content: { "work.txt": "work\n" } },
  environments: { dev: { reviewers: { users: ["grace"] }, variables: { LEVEL: "info" }, deployKey: true } },
};
/** As in the generated workflows. */
const UP = ["up", "--yes", "--skip-preview", "--stack", "dev", "--exclude", "**slipway:repository:**"];

let github: TestGithub, project: Project;
beforeAll(async () => {
  ({ github, project } = await scene("repository-off", text(SHOP)));
  expectOk(await project.up());
});
afterAll(() => leave(github, project));

it("changes nothing, and asks only who the owner is, without the file that holds the token", async () => {
  project.setConfig({
    "slipway:github": { owner: OWNER, baseUrl: github.url, keySeed: SEED, tokenFile: "missing/token" },
  });
  await forget(github);
  const result = expectOk(await project.pulumi(UP, { env: { ...project.env, SLIPWAY_GITHUB: "off" } }));
  expect(said(result)).toMatch(/\d+ unchanged/);
  expect(said(result)).not.toMatch(/\d+ (updated|created|deleted)/);
  expect((await callsOf(github)).map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /api/v3/orgs/harbour"]);
});

it("is refused without that switch, before anything is asked", async () => {
  project.setConfig({ "slipway:github": { owner: OWNER, baseUrl: github.url, keySeed: SEED } });
  await forget(github);
  const result = await project.pulumi(UP);
  expect([result.code === 0, said(result)]).toEqual([
    false,
    expect.stringContaining("slipway:github.token: is missing"),
  ]);
  expect(await callsOf(github)).toEqual([]);
});

it("leaves a state in which those who have the token see no change, and from which all can be taken down", async () => {
  project.setConfig(settingsOf(github));
  expect((await project.preview()).changes).toEqual({ same: expect.any(Number) });
  expectOk(await project.destroy());
});
