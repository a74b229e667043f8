/** The check for the real GitHub, whole, on a GitHub of the sandbox; test/exhaustive/githubCheck.test.ts has that of a free account. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shapeDifferences } from "../github/compare.ts";
import type { Recorded } from "../github/record.ts";
import { TestGithub } from "../sandbox/support/server.ts";
import { CHECKOUT, type Result, run, start } from "../support/run.ts";
import { argumentsFor, repositoriesOf, rows, tokensOf } from "./support/check.ts";

const FIXTURES = join(CHECKOUT, "test/fixtures/recorded");

const github = new TestGithub();
const folder = mkdtempSync(join(tmpdir(), "slipway-recorded-"));
let writer = "";

beforeAll(async () => {
  await github.start();
  writer = await github.tokenFor("grace", ["repo"]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await github.remove();
});

const check = (of: string | undefined, ...more: string[]): Promise<Result> =>
  run(process.execPath, argumentsFor(github, ...more), { env: tokensOf(github, of), timeoutSeconds: 600 });
const repositories = (): Promise<string[]> => repositoriesOf(github);

describe("for an organisation whose plan has everything", () => {
  let result: Result;
  beforeAll(async () => {
    result = await check(writer, "--owner", "harbour", "--record", folder);
  });

  it("everything holds, but what only executed jobs tell", () => {
    expect(rows(result, "fail"), result.stdout + result.stderr).toEqual([]);
    expect(rows(result, "not tried")).toEqual([
      expect.stringContaining("creates a tag v*"),
      expect.stringContaining("releases a commit that nobody merged"),
      expect.stringContaining("a push to main starts ci: its jobs"),
      expect.stringContaining("a tag starts deploy: its jobs"),
      expect.stringContaining("a rollback by hand: its jobs"),
      expect.stringContaining("a release by hand: its jobs"),
      expect.stringContaining("the release's tag v0.2.0"),
    ]);
    expect(result.stdout.trimEnd().split("\n").at(-1)).toBe(
      `${rows(result, "pass").length} passed, 0 failed, 0 lacking in the plan, 7 not tried`,
    );
    expect(result.code).toBe(0);
  });

  it.each([
    ["a field that is read back", "the environment's reviewers: as declared"],
    ["a change by hand", "a ruleset is switched off: shown as"],
    ["a required check", 'each required check is the name of a job: "quality gate"'],
    ["a push", "pushes to main: 409 Repository rule violations found"],
    ["a status that does not count", 'merges after posting the status "quality gate": 201 for the status, then 405'],
    ["an approval of one's own", "approves its own deployment: 422"],
    ["a run that waits", "a tag starts deploy, and waits for a reviewer: waiting"],
  ])("there is a row for %s", (_, text) => {
    expect(rows(result, "pass")).toContainEqual(expect.stringContaining(text));
  });

  it("leaves no repository, and shows no token", async () => {
    expect(await repositories()).toEqual([]);
    for (const token of [github.token, writer]) expect(result.stdout + result.stderr).not.toContain(token);
  });

  it("records answers that tell nobody's name", () => {
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(60);
    const text = names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
    expect(text).not.toMatch(/harbour|\bada\b|grace|127\.0\.0\.1|ghp_|slipway-check-[0-9a-f]{8}/i);
  });

  const recorded = readdirSync(FIXTURES).flatMap((from) =>
    readdirSync(join(FIXTURES, from)).map((name): [string, string] => [from, name]),
  );
  it.each(recorded)("answers in the shape of what was recorded from %s: %s", (from, name) => {
    const read = (path: string): Recorded => JSON.parse(readFileSync(path, "utf8")) as Recorded;
    expect(readdirSync(folder)).toContain(name);
    const [wanted, own] = [read(join(FIXTURES, from, name)), read(join(folder, name))];
    expect(shapeDifferences(wanted.body, own.body)).toEqual([]);
  });
});

describe("for a user of the free plan", () => {
  it("says that a private one has nothing to check", async () => {
    const { code, stderr } = await check(undefined, "--owner", "ada", "--visibility", "private");
    expect([code, stderr]).toEqual([2, expect.stringContaining("has neither rules nor environments")]);
    expect(await repositories()).toEqual([]);
  });
});

describe("ends", () => {
  it("with Ctrl-C as with a failure: the repository is deleted", async () => {
    const running = start(process.execPath, argumentsFor(github, "--owner", "harbour"), {
      env: tokensOf(github, writer),
      timeoutSeconds: 120,
    });
    await running.until(/pass +pulumi up/);
    expect(await repositories()).toHaveLength(1);
    running.kill("SIGINT");
    const result = await running.result;
    expect(result.stdout).toContain("fail               the check itself: ended by SIGINT");
    expect(result.code).toBe(1);
    expect(await repositories()).toEqual([]);
  });

  it("with 1 and a row when something does not hold", async () => {
    await github.control("POST", "/faults", {
      kind: "status",
      method: "POST",
      path: "/orgs/harbour/repos",
      status: 403,
    });
    const result = await check(undefined, "--owner", "harbour");
    expect(rows(result, "fail")).toEqual([expect.stringContaining("pulumi up: expected exit code 0; saw exit code")]);
    expect(result.stdout).toContain("there is none");
    expect(result.code).toBe(1);
  });
});
