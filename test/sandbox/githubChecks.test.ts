import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evaluate, holds, type Scope } from "../../sandbox/github/actions/expressions.ts";
import { fnmatch } from "../../sandbox/github/fnmatch.ts";
import { Store } from "../../sandbox/github/state.ts";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

const jobToken = async (permissions: object): Promise<string> =>
  (await github.control("POST", "/job-tokens", { repository: "harbour/shop", permissions })).body.token;

/** A pull request with one file of its own. */
async function opened(head: string): Promise<{ sha: string; merge: () => ReturnType<typeof rest> }> {
  const { sha: base } = (await rest("GET", `${R}/git/ref/heads/main`)).body.object;
  await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${head}`, sha: base });
  const { commit } = (await rest("PUT", `${R}/contents/${head}.txt`, { message: head, content: "YQ==", branch: head }))
    .body;
  const { number } = (await rest("POST", `${R}/pulls`, { title: head, head, base: "main" })).body;
  return { sha: commit.sha, merge: () => rest("PUT", `${R}/pulls/${number}/merge`, { merge_method: "squash" }) };
}

const EXPECTED = {
  status: 405,
  body: { message: 'Repository rule violations found\n\nRequired status check "quality gate" is expected.\n\n' },
};

describe("a required check that an app must report", () => {
  test("is not met by a person's status of the same name; by the app's own check it is, if that succeeds", async () => {
    await rest("POST", `${R}/rulesets`, {
      name: "gate",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        {
          type: "required_status_checks",
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: "quality gate", integration_id: 15368 }],
          },
        },
      ],
    });
    const { sha, merge } = await opened("topic");
    expect(await merge()).toMatchObject(EXPECTED);
    await rest("POST", `${R}/statuses/${sha}`, { state: "success", context: "quality gate" });
    expect(await merge()).toMatchObject(EXPECTED);
    const check = { name: "quality gate", head_sha: sha, conclusion: "failure" };
    expect(await rest("POST", `${R}/check-runs`, check)).toMatchObject({
      status: 403,
      body: { message: "You must authenticate via a GitHub App." },
    });
    const token = await jobToken({ checks: "write" });
    expect((await rest("POST", `${R}/check-runs`, check, { token })).status).toBe(201);
    expect(await merge()).toMatchObject(EXPECTED);
    await rest("POST", `${R}/check-runs`, { ...check, conclusion: "success" }, { token });
    expect((await rest("GET", `${R}/commits/topic/check-runs?app_id=15368`)).body).toMatchObject({
      total_count: 2,
      check_runs: [{ name: "quality gate", conclusion: "success", app: { id: 15368 } }, { conclusion: "failure" }],
    });
    expect((await merge()).status).toBe(200);
  });

  test("is met by a status that a job's token posts, and a person's failure beside it does not count", async () => {
    const { sha, merge } = await opened("other");
    const token = await jobToken({ statuses: "write" });
    const status = (state: string) => ({ state, context: "quality gate" });
    expect((await rest("POST", `${R}/statuses/${sha}`, status("success"), { token })).status).toBe(201);
    await rest("POST", `${R}/statuses/${sha}`, status("failure"));
    expect((await merge()).status).toBe(200);
  });
});

test.each([
  ["v*", "v1.0.0", true],
  ["v*", "v1/2", false],
  ["*", "main", true],
  ["*", "release/1", false],
  ["*", ".hidden", false],
  ["**/*", "a/b/c", true],
  ["release/**/*", "release/1", true],
  ["refs/heads/**/*", "refs/heads/a/b", true],
  ["release/*/*", "release/1", false],
  ["v[0-9].?", "v1.2", true],
  ["v[!0-9]", "v1", false],
  ["a.b", "axb", false],
  ["\\*", "*", true],
  ["{a,b}", "a", false],
])("the pattern %s and the name %s: %s", (pattern, name, matches) => {
  expect(fnmatch(pattern, name)).toBe(matches);
});

describe("expressions", () => {
  const scope: Scope = {
    contexts: {
      github: { event_name: "push", ref: "refs/tags/v1" },
      inputs: { environment: "prod" },
      needs: { "deploy-dev": { result: "success" } },
    },
    status: "success",
  };
  test.each([
    ["inputs.environment == 'PROD'", true],
    ["!(github.event_name == 'workflow_dispatch')", true],
    ["needs.deploy-dev.result == 'success' && startsWith(github.ref, 'refs/tags/v')", true],
    ["inputs.version && format('a {0}: {1}', 'b', 'it''s') || 'none'", "none"],
    ["format('a {0}: {1}', 'b', 'it''s')", "a b: it's"],
    ["inputs.missing.deeper", null],
    ["1 == '1'", true],
  ])("%s is %s", (text, value) => {
    expect(evaluate(text, scope)).toEqual(value);
  });
  test("a condition without a status function needs success, too", () => {
    expect(holds("true", { ...scope, status: "failure" })).toBe(false);
    expect(holds("${{ !cancelled() }}", { ...scope, status: "failure" })).toBe(true);
    expect(holds(undefined, { ...scope, status: "skipped" })).toBe(false);
  });
  test.each(["fromJSON('[]')", "a ? b", "'open", "(1"])("%s is not computed in silence", (text) => {
    expect(() => evaluate(text, scope)).toThrow();
  });
});

test("a state from before there were runs is completed when it is read", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-state-"));
  const path = join(folder, "state.json");
  const { state } = new Store();
  state.accounts = state.accounts.filter(({ type }) => type !== "Bot");
  writeFileSync(path, JSON.stringify({ ...state, repositories: [{ name: "shop" }] }));
  const read = new Store(path).state;
  expect(read.repositories).toEqual([{ name: "shop", checkRuns: [], runs: [], deployments: [] }]);
  expect(read.accounts.some(({ login }) => login === "github-actions[bot]")).toBe(true);
  rmSync(folder, { recursive: true });
});
