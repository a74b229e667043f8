import { statSync } from "node:fs";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest, control } = github;
const SECRET = "marked-secret-3f9c1a";

describe("who calls", () => {
  test("is asked for a token", async () => {
    expect(await rest("GET", "/user", undefined, { token: null })).toMatchObject({
      status: 401,
      body: { message: "Requires authentication" },
    });
    expect(await rest("GET", "/user", undefined, { token: "ghp_wrong" })).toMatchObject({
      status: 401,
      body: { message: "Bad credentials" },
    });
  });
  test("is known by the token", async () => {
    expect((await rest("GET", "/user")).body.login).toBe("ada");
    expect((await rest("GET", "/user")).headers.get("x-oauth-scopes")).toContain("repo");
    const numbers = [
      (await rest("GET", "/user")).headers.get("x-github-request-id"),
      (await rest("GET", "/user")).headers.get("x-github-request-id"),
    ];
    expect(new Set(numbers.filter(Boolean)).size, "each answer has a number of its own").toBe(2);
  });
  test("sees an owner that is not an organization as 404", async () => {
    expect((await rest("GET", "/orgs/harbour")).body.type).toBe("Organization");
    expect((await rest("GET", "/orgs/ada")).status).toBe(404);
  });
  test("cannot reach a private repository without the scope, nor delete one without delete_repo", async () => {
    const blind = await github.tokenFor("ada", []);
    expect((await rest("GET", R, undefined, { token: blind })).status).toBe(404);
    for (const list of ["/user/repos", "/orgs/harbour/repos"])
      expect((await rest("GET", list, undefined, { token: blind })).body).toEqual([]);
    const half = await github.tokenFor("ada", ["repo"]);
    const refused = await rest("DELETE", R, undefined, { token: half });
    expect(refused).toMatchObject({ status: 403, body: { message: "Must have admin rights to Repository." } });
    expect(refused.headers.get("x-accepted-oauth-scopes")).toBe("delete_repo");
  });
  test("may not administer as a member, and does not see it from outside", async () => {
    expect(
      await rest("PATCH", R, { description: "mine" }, { token: await github.tokenFor("grace", ["repo"]) }),
    ).toMatchObject({ status: 403 });
    expect((await rest("GET", R, undefined, { token: await github.tokenFor("linus", ["repo"]) })).status).toBe(404);
  });
});

describe("what the description forbids", () => {
  test.each([
    ["a missing field", "POST", "/orgs/harbour/repos", {}, 'Invalid request.\n\n"name" wasn\'t supplied.'],
    [
      "a wrong type",
      "PATCH",
      R,
      { has_issues: "yes" },
      "Invalid request.\n\nFor 'properties/has_issues', the value is not a boolean.",
    ],
    [
      "a wrong member",
      "PUT",
      `${R}/actions/permissions`,
      { enabled: true, allowed_actions: "some" },
      expect.stringContaining("is not a member of"),
    ],
    [
      "an unknown field of a closed body",
      "PUT",
      `${R}/environments/x`,
      { colour: "red" },
      'Invalid request.\n\n"colour" is not a permitted key.',
    ],
    [
      "a known exception with a wrong type",
      "PUT",
      `${R}/environments/x`,
      { can_admins_bypass: "no" },
      'Invalid request.\n\n"can_admins_bypass" is not a permitted key.',
    ],
  ])("%s is a 422", async (_, method, path, body, message) => {
    const answer = await rest(method, path, body);
    expect(answer).toMatchObject({ status: 422, body: { message, status: "422" } });
    expect(answer.body.documentation_url).toMatch(/^https:\/\/docs\.github\.com\/rest\//);
  });
  test("is reported without the value", async () => {
    const answer = await rest("PUT", `${R}/actions/secrets/TOKEN`, { key_id: 5, encrypted_value: SECRET });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
  });
  test("broken JSON is a 400, an unknown path a 404, a call that is not handled a 501", async () => {
    expect(await rest("PATCH", R, "{")).toMatchObject({ status: 400, body: { message: "Problems parsing JSON" } });
    expect((await rest("GET", "/no/such/thing")).status).toBe(404);
    expect(await rest("POST", `${R}/transfer`, { new_owner: "ada" })).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("repos/transfer") },
    });
  });
});

describe("every call", () => {
  test("304 comes for the exact ETag of that path and state alone", async () => {
    const tag = (await rest("GET", R)).headers.get("etag")!;
    const ask = (path: string, given: string) => rest("GET", path, undefined, { headers: { "if-none-match": given } });
    expect((await ask(R, tag)).status).toBe(304);
    expect((await ask(`${R}/topics`, tag)).status).toBe(200);
    expect((await ask(R, "*")).status).toBe(200);
    expect((await ask(R, tag.replace("W/", ""))).status).toBe(200);
    await rest("PATCH", R, { description: "Sells more" });
    expect((await ask(R, tag)).status).toBe(200);
  });
  test("lists come in pages with links", async () => {
    const first = await rest("GET", `${R}/labels?per_page=4`);
    expect(first.body).toHaveLength(4);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link")!)![1]!;
    const names = [...first.body];
    for (let url: string | undefined = next; url; ) {
      const { body, headers } = await github.ask("GET", new URL(url).pathname + new URL(url).search);
      names.push(...body);
      url = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(new Set(names.map(({ name }) => name)).size).toBe(9);
    expect((await rest("GET", `${R}/labels?per_page=100`)).headers.get("link")).toBeNull();
  });
  test("the count of calls can be set back and read", async () => {
    await control("DELETE", "/calls");
    await rest("GET", R);
    await rest("GET", `${R}/labels/nope`);
    const { count, calls } = (await control("GET", "/calls?tail=1")).body;
    expect(count).toBe(2);
    expect(calls).toMatchObject([{ method: "GET", path: `/api/v3${R}/labels/nope`, status: 404, who: "ada" }]);
  });
});

describe("faults", () => {
  const inject = (fault: unknown) => control("POST", "/faults", fault);
  test("a secondary rate limit says when to come back, once", async () => {
    await inject({ kind: "secondary-rate-limit", method: "get", path: "/repos/*/topics", retryAfter: 7 });
    expect((await rest("GET", R)).status).toBe(200);
    const limited = await rest("GET", `${R}/topics`);
    expect(limited).toMatchObject({
      status: 403,
      body: {
        message: expect.stringContaining("secondary rate limit"),
        documentation_url: expect.stringMatching(/secondary-rate-limits$/),
      },
    });
    expect(limited.headers.get("retry-after")).toBe("7");
    expect((await rest("GET", `${R}/topics`)).status).toBe(200);
  });
  test("a primary rate limit leaves nothing", async () => {
    await inject({ kind: "rate-limit", path: R });
    const { status, headers } = await rest("GET", R);
    expect([status, headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
  });
  test("422 and 502 come as often as asked, before anything takes effect", async () => {
    await inject({ kind: "status", status: 502, times: 2, method: "PATCH", path: "*" });
    const change = () => rest("PATCH", R, { description: "changed by a fault" });
    expect([(await change()).status, (await change()).status]).toEqual([502, 502]);
    expect((await rest("GET", R)).body.description).not.toBe("changed by a fault");
    await inject({ kind: "status", status: 422, path: "/graphql" });
    expect((await github.ask("POST", "api/graphql", { query: "{viewer{login}}" })).status).toBe(422);
  });
  test("a connection is cut before or after the write took effect", async () => {
    const label = (name: string) => rest("POST", `${R}/labels`, { name });
    await inject({ kind: "cut-before", method: "POST" });
    await expect(label("cut-before")).rejects.toThrow();
    expect((await rest("GET", `${R}/labels/cut-before`)).status).toBe(404);
    await inject({ kind: "cut-after", method: "POST" });
    await expect(label("cut-after")).rejects.toThrow();
    expect((await rest("GET", `${R}/labels/cut-after`)).status).toBe(200);
  });
  test("a scope can be missing", async () => {
    await inject({ kind: "missing-scope", method: "GET", path: R });
    expect((await rest("GET", R)).status).toBe(404);
    expect((await rest("GET", R)).status).toBe(200);
  });
  test("what makes no sense is refused", async () => {
    expect(await inject({ kind: "earthquake" })).toMatchObject({ status: 422 });
  });
});

describe("its own endpoints and pages", () => {
  test("ask for an owner's token", async () => {
    expect((await control("GET", "/secrets", undefined, { token: null })).status).toBe(401);
    expect(
      (await control("GET", "/secrets", undefined, { token: await github.tokenFor("grace", ["repo"]) })).status,
    ).toBe(401);
  });
  test("answer only to this machine's own names", async () => {
    const ask = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) =>
        request(`${github.url}${path}`, { headers: { host: "evil.example" } }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .on("error", reject)
          .end(),
      );
    expect(await Promise.all(["", "harbour/shop", "_sandbox/ping"].map(ask))).toEqual([403, 403, 403]);
  });
  test("show a repository without a secret's value", async () => {
    await rest("PATCH", R, { description: "Sells more" });
    await github.putSecret(`${R}/actions`, "REGISTRY_PASSWORD", SECRET);
    await rest("PUT", `${R}/environments/staging`, { reviewers: [{ type: "User", id: 202 }] });
    await github.putSecret(`${R}/environments/staging`, "DEPLOY_KEY", SECRET);
    await rest("POST", `${R}/environments/staging/variables`, { name: "HOST", value: "10.0.0.2" });
    await rest("POST", `${R}/hooks`, { config: { url: "https://example.com/hook", secret: SECRET } });
    const page = await github.ask("GET", "harbour/shop", undefined, { token: null });
    for (const seen of [
      "Sells more",
      "REGISTRY_PASSWORD",
      "DEPLOY_KEY",
      "HOST=10.0.0.2",
      "grace",
      "README.md",
      "https://example.com/hook",
    ])
      expect(page.body).toContain(seen);
    expect(page.body).not.toContain(SECRET);
    expect((await github.ask("GET", "")).body).toContain("harbour/shop");
    expect((await github.ask("GET", "harbour/none")).status).toBe(404);
  });
  test("show no markup that came in, and link to web pages alone", async () => {
    await rest("PATCH", R, { description: "<script>alert(1)</script>", homepage: "https://shop.test" });
    const invalid = { status: 422, body: { errors: [{ field: "homepage", message: "homepage is not a valid URL" }] } };
    for (const homepage of ["javascript:alert(1)", "data:text/html,x", "shop.test"])
      expect(await rest("PATCH", R, { homepage })).toMatchObject(invalid);
    const { body } = await github.ask("GET", "harbour/shop");
    expect(body).not.toContain("<script>alert");
    expect(body).toContain('<a href="https://shop.test"');
  });
  test("a stop and a start lose nothing; no file shows a secret or the token but the token's own", async () => {
    const before = (await control("GET", "/state")).body;
    await github.stop("SIGKILL");
    await github.start();
    expect((await control("GET", "/state")).body).toEqual(before);
    expect((await control("GET", "/secrets")).body["harbour/shop"].actions.REGISTRY_PASSWORD).toBe(SECRET);
    for (const name of ["state.json", "calls.jsonl"]) {
      expect(github.read(name)).not.toContain(SECRET);
      expect(github.read(name)).not.toContain(github.token);
    }
    for (const name of ["state.json", "calls.jsonl", "token"])
      expect(statSync(github.file(name)).mode & 0o777).toBe(0o600);
    expect(github.output).not.toContain(SECRET);
    expect(JSON.stringify(before)).not.toContain(SECRET);
  });
  test("a reset forgets the repositories and keeps the token", async () => {
    expect((await control("POST", "/reset")).status).toBe(204);
    expect((await rest("GET", R)).status).toBe(404);
    expect((await rest("GET", "/user")).status).toBe(200);
  });
});
