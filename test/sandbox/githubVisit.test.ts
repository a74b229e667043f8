import { afterAll, beforeAll, expect, test } from "vitest";
import { knows, switchOff, visit } from "../../sandbox/github/visit.ts";
import { TestGithub } from "./support/server.ts";

const github = new TestGithub();
const { rest } = github;
const R = "/repos/harbour/shop";
const place = () => ({ port: Number(new URL(github.url).port), folder: github.folder });

beforeAll(() => github.start());
afterAll(() => github.remove());

test("a repository in a few lines, and a rule that somebody switches off", async () => {
  expect(await knows("harbour/shop", place())).toBe(false);
  await expect(visit("harbour/shop", place())).rejects.toThrow("github: there is no repository harbour/shop");
  await github.addShop();
  expect(await knows("harbour/shop", place())).toBe(true);
  await rest("POST", `${R}/rulesets`, {
    name: "main",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules: [{ type: "non_fast_forward" }, { type: "deletion" }],
  });
  await rest("PUT", `${R}/environments/prod`, {
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    reviewers: [{ type: "Team", id: 801 }],
  });
  await rest("POST", `${R}/environments/prod/deployment-branch-policies`, { name: "v*", type: "tag" });
  await github.putSecret(`${R}/environments/prod`, "SSH_PRIVATE_KEY", "marked-secret-77");
  const head = (await rest("GET", `${R}/git/ref/heads/main`)).body.object.sha;
  await rest("POST", `${R}/git/refs`, { ref: "refs/heads/work", sha: head });
  await rest("PUT", `${R}/contents/ci.yml`, {
    message: "ci",
    content: Buffer.from("on: push\n").toString("base64"),
    branch: "work",
  });
  await rest("POST", `${R}/pulls`, { title: "Add ci", head: "work", base: "main" });
  expect(await visit("harbour/shop", place())).toEqual([
    "harbour/shop, private",
    "  branches      main, work",
    "  rules         main (active): deletion, non_fast_forward",
    "  actions       all, not pinned; token may read",
    "  environment   prod: from tag v*; 1 reviewers; secrets SSH_PRIVATE_KEY; variables none",
    "  secrets       none",
    "  variables     none",
    '  pull request  #1 (open) "Add ci": 1 files',
  ]);
  await switchOff("harbour/shop", "main", place());
  expect((await visit("harbour/shop", place()))[2]).toBe("  rules         main (disabled): deletion, non_fast_forward");
});
