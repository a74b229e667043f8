import { beforeEach, describe, expect, test } from "vitest";
import { contains } from "../../sandbox/github/git.ts";
import type { Commit, Repository } from "../../sandbox/github/types.ts";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

let last = 0;
let head = "";
let pull = "";

const content = (text: string): string => Buffer.from(text).toString("base64");
const tip = async (branch: string): Promise<string> =>
  (await rest("GET", `${R}/git/ref/heads/${branch}`)).body.object.sha;
const write = async (branch: string, text: string): Promise<string> =>
  (await rest("PUT", `${R}/contents/${text}.md`, { message: text, content: content(text), branch })).body.commit.sha;
const read = async (): Promise<any> => (await rest("GET", pull)).body;
const merge = (merge_method?: string) =>
  rest("PUT", `${pull}/merge`, merge_method === undefined ? {} : { merge_method });

async function open(base: string): Promise<void> {
  head = `work-${++last}`;
  await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${head}`, sha: await tip("main") });
  await write(head, head);
  const { number } = (await rest("POST", `${R}/pulls`, { title: head, head, base })).body;
  pull = `${R}/pulls/${number}`;
}

describe("a pull request follows its branches", () => {
  beforeEach(() => open("main"));

  test("a moved head is what it merges", async () => {
    const before = await tip(head);
    await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${head}-next`, sha: before });
    const sha = await write(`${head}-next`, `${head}-more`);
    await rest("PATCH", `${R}/git/refs/heads/${head}`, { sha });
    expect((await read()).head.sha).toBe(sha);
    expect((await merge()).status).toBe(200);
    expect((await rest("GET", `${R}/contents/${head}-more.md`)).status).toBe(200);
  });
  test("a removed head closes it, and it opens again only with the branch", async () => {
    const sha = await tip(head);
    await rest("DELETE", `${R}/git/refs/heads/${head}`);
    expect(await read()).toMatchObject({ state: "closed", merged: false, closed_at: expect.any(String) });
    expect((await merge()).status).toBe(405);
    expect((await rest("PATCH", pull, { state: "open" })).status).toBe(422);
    await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${head}`, sha });
    expect((await rest("PATCH", pull, { state: "open" })).body).toMatchObject({ state: "open", closed_at: null });
  });
  test("a renamed base is its base, with the rule of that name; a renamed head closes it", async () => {
    const base = `base-${last}`;
    await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${base}`, sha: await tip("main") });
    await rest("PATCH", pull, { base });
    await rest("PUT", `${R}/branches/${base}/protection`, {
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    expect((await rest("POST", `${R}/branches/${base}/rename`, { new_name: `${base}-new` })).status).toBe(201);
    expect((await read()).base.ref).toBe(`${base}-new`);
    expect((await rest("GET", `${R}/branches/${base}-new/protection`)).status).toBe(200);
    expect((await merge()).status).toBe(200);
    await open("main");
    await rest("POST", `${R}/branches/${head}/rename`, { new_name: `${head}-new` });
    expect(await read()).toMatchObject({ state: "closed", head: { ref: head } });
  });
  test("a removed base closes it", async () => {
    const base = `base-${last}`;
    await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${base}`, sha: await tip("main") });
    await rest("PATCH", pull, { base });
    await rest("DELETE", `${R}/git/refs/heads/${base}`);
    expect((await read()).state).toBe("closed");
    expect((await rest("PATCH", pull, { state: "open" })).status).toBe(422);
  });
});

describe("a merge", () => {
  beforeEach(() => open("main"));

  test("takes no method that the repository forbids", async () => {
    await rest("PATCH", R, { allow_merge_commit: false, allow_rebase_merge: false });
    expect(await merge()).toMatchObject({
      status: 405,
      body: { message: "Merge commits are not allowed on this repository." },
    });
    expect(await merge("rebase")).toMatchObject({
      status: 405,
      body: { message: "Rebase merges are not allowed on this repository." },
    });
    expect((await merge("squash")).status).toBe(200);
    await rest("PATCH", R, { allow_merge_commit: true, allow_squash_merge: false, allow_rebase_merge: true });
    await open("main");
    expect(await merge("squash")).toMatchObject({
      status: 405,
      body: { message: "Squash merges are not allowed on this repository." },
    });
    await rest("PATCH", R, { allow_squash_merge: true });
  });
  test("takes no method that a ruleset forbids, and no merge commit on a linear history", async () => {
    const ruleset = {
      name: "how",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    };
    const parameters = {
      required_approving_review_count: 0,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    const { id } = (
      await rest("POST", `${R}/rulesets`, {
        ...ruleset,
        rules: [{ type: "pull_request", parameters: { ...parameters, allowed_merge_methods: ["rebase"] } }],
      })
    ).body;
    expect(await merge("squash")).toMatchObject({
      status: 405,
      body: { message: "Squash merges are not allowed on this repository." },
    });
    await rest("PUT", `${R}/rulesets/${id}`, { rules: [{ type: "required_linear_history" }] });
    expect(await merge()).toMatchObject({
      status: 405,
      body: { message: "Repository rule violations found\n\nThis branch must not contain merge commits.\n\n" },
    });
    await rest("DELETE", `${R}/rulesets/${id}`);
    await rest("PUT", `${R}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
      required_linear_history: true,
    });
    expect(await merge()).toMatchObject({
      status: 405,
      body: { message: "This branch must not contain merge commits." },
    });
    expect((await merge("rebase")).status).toBe(200);
    await rest("DELETE", `${R}/branches/main/protection`);
  });
});

describe("words about a pull request", () => {
  beforeEach(() => open("main"));

  test("a review that does not approve is not handled", async () => {
    expect(await rest("POST", `${pull}/reviews`, { event: "COMMENT", body: "hm" })).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("event COMMENT") },
    });
    expect(await rest("POST", `${pull}/reviews`, {})).toMatchObject({ status: 501 });
  });
  test("comments are kept", async () => {
    const comments = `${pull.replace("/pulls/", "/issues/")}/comments`;
    expect(await rest("POST", comments, { body: "preview: 2 to update" })).toMatchObject({ status: 201 });
    expect((await rest("GET", comments)).body).toMatchObject([
      { body: "preview: 2 to update", user: { login: "ada" } },
    ]);
  });
});

test("a history of many merges is walked once", () => {
  const commits: Record<string, Commit> = {};
  let before: string[] = [];
  for (let index = 0; index < 16; index++) {
    for (const side of ["a", "b"])
      commits[`${index}${side}`] = { sha: `${index}${side}`, parents: before } as unknown as Commit;
    before = [`${index}a`, `${index}b`];
  }
  let reads = 0;
  const counted = new Proxy(commits, { get: (target, key) => (reads++, target[String(key)]) });
  const repository = { commits: counted } as unknown as Repository;
  expect(contains(repository, commits["15a"]!, "none")).toBe(false);
  expect(contains(repository, commits["15a"]!, "0b")).toBe(true);
  expect(reads).toBeLessThan(100);
});
