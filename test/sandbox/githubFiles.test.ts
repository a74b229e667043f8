import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

describe("files and branches", () => {
  const content = (text: string): string => Buffer.from(text).toString("base64");
  const file = `${R}/contents/.github/workflows/ci.yml`;

  test("a file is created, changed by its sha and removed", async () => {
    const made = await rest("PUT", file, { message: "Add ci", content: content("on: push\n"), branch: "main" });
    expect(made.status).toBe(201);
    const read = (await rest("GET", `${file}?ref=main`)).body;
    expect(Buffer.from(read.content, "base64").toString()).toBe("on: push\n");
    expect(new URL(read.url).searchParams.get("ref")).toBe("main");
    const commit = (await rest("GET", `${R}/commits/${made.body.commit.sha}`)).body;
    expect(commit).toMatchObject({
      commit: { message: "Add ci", committer: { name: "GitHub", email: "noreply@github.com" } },
      files: [{ filename: ".github/workflows/ci.yml", status: "added" }],
    });
    expect(await rest("PUT", file, { message: "x", content: content("x"), branch: "main" })).toMatchObject({
      status: 422,
      body: { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' },
    });
    const stale = "0".repeat(40);
    expect(await rest("PUT", file, { message: "x", content: content("x"), sha: stale })).toMatchObject({
      status: 409,
      body: { message: `.github/workflows/ci.yml does not match ${stale}` },
    });
    const changed = await rest("PUT", file, {
      message: "Change",
      content: content("on: pull_request\n"),
      sha: read.sha,
    });
    expect(changed.status).toBe(200);
    expect(
      (await rest("GET", `${R}/commits?path=.github/workflows/ci.yml&sha=main`)).body.map(
        (each: any) => each.commit.message,
      ),
    ).toEqual(["Change", "Add ci"]);
    expect((await rest("GET", `${R}/contents/.github/workflows`)).body).toMatchObject([
      { name: "ci.yml", type: "file" },
    ]);
    expect(
      (await rest("DELETE", file, { message: "Remove", sha: changed.body.content.sha, branch: "main" })).status,
    ).toBe(200);
    expect((await rest("GET", file)).status).toBe(404);
  });
  test("names its content as git does", async () => {
    const { sha } = (await rest("GET", `${R}/contents/README.md`)).body;
    expect(sha).toBe(createHash("sha1").update("blob 19\0# shop\nSells things").digest("hex"));
  });
  test("odd paths are paths like any other", async () => {
    for (const path of ["constructor", "__proto__", "docs/with space & ümlaut?.md", "a/../b"]) {
      const place = `${R}/contents/${path.split("/").map(encodeURIComponent).join("/")}`;
      const made = await rest("PUT", place, { message: path, content: content(path) });
      if (path.includes("..")) {
        // A client tidies such a path before it sends it.
        expect(made).toMatchObject({ status: 201, body: { content: { path: "b" } } });
        continue;
      }
      expect(made).toMatchObject({ status: 201, body: { content: { path } } });
      expect(Buffer.from((await rest("GET", place)).body.content, "base64").toString()).toBe(path);
    }
    expect((await rest("GET", `${R}/git/commits/constructor`)).status).toBe(404);
  });
  test("a workflow needs the scope", async () => {
    const token = await github.tokenFor("ada", ["repo"]);
    expect((await rest("PUT", file, { message: "x", content: content("x") }, { token })).status).toBe(404);
  });
  test("branches are made from a commit, renamed and removed", async () => {
    const { object } = (await rest("GET", `${R}/git/ref/heads/main`)).body;
    expect((await rest("POST", `${R}/git/refs`, { ref: "refs/heads/feature/x", sha: object.sha })).status).toBe(201);
    expect(await rest("POST", `${R}/git/refs`, { ref: "refs/heads/feature/x", sha: object.sha })).toMatchObject({
      status: 422,
      body: { message: "Reference already exists" },
    });
    expect((await rest("GET", `${R}/branches/feature%2Fx`)).body).toMatchObject({
      name: "feature/x",
      protected: false,
    });
    expect((await rest("POST", `${R}/branches/feature%2Fx/rename`, { new_name: "feature/y" })).body.name).toBe(
      "feature/y",
    );
    expect((await rest("DELETE", `${R}/git/refs/heads/feature/y`)).status).toBe(204);
    expect((await rest("GET", `${R}/git/ref/heads/feature/y`)).status).toBe(404);
  });

  describe("on a protected branch", () => {
    const write = () =>
      rest("PUT", `${R}/contents/NOTES.md`, { message: "notes", content: content("notes"), branch: "main" });
    test("a ruleset refuses the write, and lets a pull request through that has what it needs", async () => {
      await rest("PATCH", R, { delete_branch_on_merge: true });
      const rules = [
        {
          type: "pull_request",
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: false,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
        {
          type: "required_status_checks",
          parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: "gate" }] },
        },
        { type: "deletion" },
      ];
      const made = await rest("POST", `${R}/rulesets`, {
        name: "guard",
        target: "branch",
        enforcement: "active",
        conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
        rules,
      });
      expect(await write()).toMatchObject({
        status: 409,
        body: {
          message: expect.stringMatching(
            /^Repository rule violations found\n\nChanges must be made through a pull request\./,
          ),
        },
      });

      const { object } = (await rest("GET", `${R}/git/ref/heads/main`)).body;
      await rest("POST", `${R}/git/refs`, { ref: "refs/heads/slipway/managed-files", sha: object.sha });
      expect(
        await rest("POST", `${R}/pulls`, { title: "t", head: "slipway/managed-files", base: "main" }),
      ).toMatchObject({
        status: 422,
        body: { errors: [{ message: "No commits between main and slipway/managed-files" }] },
      });
      const written = await rest("PUT", `${R}/contents/NOTES.md`, {
        message: "notes",
        content: content("notes"),
        branch: "slipway/managed-files",
      });
      const pull = await rest("POST", `${R}/pulls`, {
        title: "Managed files",
        head: "slipway/managed-files",
        base: "main",
        body: "by a program",
      });
      expect(pull).toMatchObject({
        status: 201,
        body: { number: 1, state: "open", head: { ref: "slipway/managed-files", sha: written.body.commit.sha } },
      });
      expect((await rest("GET", `${R}/pulls?head=harbour:slipway/managed-files`)).body).toHaveLength(1);
      expect(
        await rest("POST", `${R}/pulls`, { title: "t", head: "slipway/managed-files", base: "main" }),
      ).toMatchObject({
        status: 422,
        body: { errors: [{ message: "A pull request already exists for harbour:slipway/managed-files." }] },
      });

      expect(await rest("PUT", `${R}/pulls/1/merge`, {})).toMatchObject({
        status: 405,
        body: { message: expect.stringContaining("At least 1 approving review is required") },
      });
      await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
      await rest(
        "POST",
        `${R}/pulls/1/reviews`,
        { event: "APPROVE" },
        { token: await github.tokenFor("grace", ["repo"]) },
      );
      expect(await rest("PUT", `${R}/pulls/1/merge`, {})).toMatchObject({
        status: 405,
        body: { message: expect.stringContaining('Required status check "gate" is expected.') },
      });
      await rest("POST", `${R}/statuses/${written.body.commit.sha}`, { state: "success", context: "gate" });
      expect((await rest("GET", `${R}/commits/${written.body.commit.sha}/status`)).body.state).toBe("success");
      const ofActions = rules.map((rule) =>
        rule.type === "required_status_checks"
          ? {
              ...rule,
              parameters: { ...rule.parameters, required_status_checks: [{ context: "gate", integration_id: 15368 }] },
            }
          : rule,
      );
      await rest("PUT", `${R}/rulesets/${made.body.id}`, { rules: ofActions });
      // A person's word is no check of an app.
      expect(await rest("PUT", `${R}/pulls/1/merge`, {})).toMatchObject({
        status: 405,
        body: { message: expect.stringContaining('Required status check "gate" is expected.') },
      });
      await rest("PUT", `${R}/rulesets/${made.body.id}`, { rules });
      expect((await rest("PUT", `${R}/pulls/1/merge`, { merge_method: "squash" })).body.merged).toBe(true);
      expect((await rest("GET", `${R}/contents/NOTES.md`)).status).toBe(200);
      expect((await rest("GET", `${R}/branches/slipway%2Fmanaged-files`)).status).toBe(404);
      await rest("DELETE", `${R}/rulesets/${made.body.id}`);
    });
    test("a classic rule refuses it too, administrators only if they are included", async () => {
      const protect = (enforce_admins: boolean) =>
        rest("PUT", `${R}/branches/main/protection`, {
          required_status_checks: null,
          enforce_admins,
          required_pull_request_reviews: { required_approving_review_count: 1 },
          restrictions: null,
        });
      const put = async () => rest("PUT", `${R}/contents/MORE.md`, { message: "more", content: content("more") });
      await protect(true);
      expect(await put()).toMatchObject({
        status: 409,
        body: { message: "Could not create file: Changes must be made through a pull request." },
      });
      await protect(false);
      expect((await put()).status).toBe(201);
      await rest("DELETE", `${R}/branches/main/protection`);
    });
  });
});
