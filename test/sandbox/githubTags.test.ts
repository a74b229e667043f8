import { beforeAll, describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

let sha = "";
let writer = "";
beforeAll(async () => {
  await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
  writer = await github.tokenFor("grace", ["repo"]);
  const before = (await rest("GET", `${R}/git/ref/heads/main`)).body.object.sha;
  await rest("POST", `${R}/git/refs`, { ref: "refs/tags/v0.9.0", sha: before });
  await rest("PUT", `${R}/contents/a.txt`, { message: "a", content: "YQ==" });
  sha = (await rest("GET", `${R}/git/ref/heads/main`)).body.object.sha;
});

const violations = (...all: string[]) => ({
  status: 422,
  body: { message: `Repository rule violations found\n\n${all.join("\n\n")}\n\n` },
});
const NO_CREATION = violations("Cannot create ref due to creations being restricted.");

let last = 0;
const tag = (token?: string, repository = R, commit = sha) =>
  rest("POST", `${repository}/git/refs`, { ref: `refs/tags/v1.0.${++last}`, sha: commit }, token ? { token } : {});

interface Bypass {
  actor_id: number | null;
  actor_type: string;
  bypass_mode: "always";
}

/** Runs with a ruleset for `v*` that these may bypass. */
async function within(
  rules: string[],
  bypass: Omit<Bypass, "bypass_mode">[],
  run: () => Promise<void>,
  repository = R,
): Promise<void> {
  const made = await rest("POST", `${repository}/rulesets`, {
    name: "release tags",
    target: "tag",
    enforcement: "active",
    bypass_actors: bypass.map((actor) => ({ ...actor, bypass_mode: "always" })),
    conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
    rules: rules.map((type) => ({ type })),
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  await run();
  expect((await rest("DELETE", `${repository}/rulesets/${made.body.id}`)).status).toBe(204);
}

describe("a ruleset of tags", () => {
  test("refuses to move and to delete one, in GitHub's words", () =>
    within(["update", "deletion", "non_fast_forward"], [], async () => {
      const older = (await rest("GET", `${R}/git/ref/tags/v0.9.0`)).body.object.sha;
      expect((await tag(writer)).status).toBe(201);
      const one = `${R}/git/refs/tags/v1.0.${last}`;
      expect(await rest("PATCH", one, { sha: older, force: true })).toMatchObject(
        violations("Cannot update this protected ref.", "Cannot force-push to this tag"),
      );
      expect(await rest("PATCH", `${R}/git/refs/tags/v0.9.0`, { sha })).toMatchObject(
        violations("Cannot update this protected ref."),
      );
      expect(await rest("DELETE", one)).toMatchObject(violations("Cannot delete this tag"));
    }));

  test("lets nobody create one who is not named, an administrator neither", () =>
    within(["creation"], [], async () => {
      expect(await tag(writer)).toMatchObject(NO_CREATION);
      expect(await tag()).toMatchObject(NO_CREATION);
      expect((await rest("POST", `${R}/git/refs`, { ref: "refs/tags/other", sha })).status).toBe(201);
    }));

  test.each([
    ["a user", { actor_type: "User", actor_id: 202 }],
    ["a team", { actor_type: "Team", actor_id: 801 }],
    ["a role", { actor_type: "RepositoryRole", actor_id: 4 }],
  ])("lets %s that is named create one, and not the administrator beside", (_, actor) =>
    within(["creation"], [actor], async () => {
      expect((await tag(writer)).status).toBe(201);
      expect(await tag()).toMatchObject(NO_CREATION);
    }),
  );

  test.each([
    ["the organisation's owners", { actor_type: "OrganizationAdmin", actor_id: null }],
    ["the administrators' role", { actor_type: "RepositoryRole", actor_id: 5 }],
  ])("lets %s create one, and no writer", (_, actor) =>
    within(["creation"], [actor], async () => {
      expect((await tag()).status).toBe(201);
      expect(await tag(writer)).toMatchObject(NO_CREATION);
    }),
  );

  test("lets nobody who uses the API be a deploy key", () =>
    within(["creation"], [{ actor_type: "DeployKey", actor_id: null }], async () => {
      expect(await tag()).toMatchObject(NO_CREATION);
    }));
});

describe("a job's token", () => {
  const jobToken = async (repository: string, permissions: object): Promise<string> =>
    (await github.control("POST", "/job-tokens", { repository, permissions })).body.token;

  test("creates a tag where its app is named, and nowhere else", async () => {
    const job = await jobToken("harbour/shop", { contents: "write" });
    await within(["creation"], [{ actor_type: "Integration", actor_id: 15368 }], async () => {
      expect((await tag(job)).status).toBe(201);
      expect(await tag(writer)).toMatchObject(NO_CREATION);
    });
    await within(["creation"], [{ actor_type: "Integration", actor_id: 2740 }], async () => {
      expect(await tag(job)).toMatchObject(NO_CREATION);
    });
    await within(["creation"], [{ actor_type: "OrganizationAdmin", actor_id: null }], async () => {
      expect(await tag(job)).toMatchObject(NO_CREATION);
    });
  });

  test("passes no ruleset in a user's repository, though its app is named", async () => {
    await rest("POST", "/user/repos", { name: "own", private: false, auto_init: true });
    const commit = (await rest("GET", "/repos/ada/own/git/ref/heads/main")).body.object.sha;
    const job = await jobToken("ada/own", { contents: "write" });
    await within(
      ["creation"],
      [{ actor_type: "Integration", actor_id: 15368 }],
      async () => expect(await tag(job, "/repos/ada/own", commit)).toMatchObject(NO_CREATION),
      "/repos/ada/own",
    );
    expect((await tag(job, "/repos/ada/own", commit)).status).toBe(201);
  });

  test("does what its permissions say, in its own repository alone", async () => {
    const refused = { status: 403, body: { message: "Resource not accessible by integration" } };
    const reads = await jobToken("harbour/shop", { contents: "read" });
    expect(await tag(reads)).toMatchObject(refused);
    expect((await rest("GET", `${R}/git/ref/heads/main`, undefined, { token: reads })).status).toBe(200);
    const writes = await jobToken("harbour/shop", { contents: "write", actions: "write", statuses: "write" });
    for (const path of ["/actions/secrets", "/actions/permissions", "/environments/prod/secrets", "/hooks"])
      expect(await rest("GET", `${R}${path}`, undefined, { token: writes }), path).toMatchObject(refused);
    expect(await rest("POST", `${R}/rulesets`, { name: "x", enforcement: "active" }, { token: writes })).toMatchObject(
      refused,
    );
    const outside = await jobToken("ada/own", { contents: "write" });
    expect((await rest("GET", R, undefined, { token: outside })).status).toBe(404);
  });
});

describe("a writer", () => {
  test("may set the repository's secrets and variables, and nothing of an environment or a ruleset", async () => {
    await rest("PUT", `${R}/environments/prod`, {});
    const as = (method: string, path: string, body: unknown) => rest(method, `${R}${path}`, body, { token: writer });
    expect((await as("POST", "/actions/variables", { name: "REGION", value: "eu" })).status).toBe(201);
    expect((await as("DELETE", "/actions/variables/REGION", undefined)).status).toBe(204);
    for (const [method, path, body] of [
      ["POST", "/environments/prod/variables", { name: "REGION", value: "eu" }],
      ["PUT", "/environments/prod", {}],
      ["POST", "/rulesets", { name: "x", enforcement: "active" }],
    ] as const)
      expect((await as(method, path, body)).status, path).toBe(403);
  });

  test("who is invited accepts, and then may write", async () => {
    await rest("PUT", `${R}/collaborators/linus`, { permission: "push" });
    const token = await github.tokenFor("linus", ["repo"]);
    const [{ id }] = (await rest("GET", "/user/repository_invitations", undefined, { token })).body;
    expect((await tag(token)).status).toBe(404);
    expect((await rest("PATCH", `/user/repository_invitations/${id}`, undefined, { token })).status).toBe(204);
    expect((await tag(token)).status).toBe(201);
    expect((await rest("PATCH", `/user/repository_invitations/${id}`, undefined, { token })).status).toBe(404);
  });
});
