import { describe, expect, test } from "vitest";
import { newKeyPair } from "../../sandbox/keyPair.ts";
import { sealed } from "./support/server.ts";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest, control, putSecret } = github;
const SECRET = "marked-secret-3f9c1a";

describe("secrets and variables", () => {
  test("are opened, and what the current key does not open is refused", async () => {
    expect(await putSecret(`${R}/actions`, "npm_token", SECRET)).toBe(201);
    expect(await putSecret(`${R}/dependabot`, "NPM_TOKEN", `${SECRET}-dependabot`)).toBe(201);
    expect((await control("GET", "/secrets")).body["harbour/shop"]).toMatchObject({
      actions: { NPM_TOKEN: SECRET },
      dependabot: { NPM_TOKEN: `${SECRET}-dependabot` },
    });
    await rest("PUT", `${R}/environments/staging`, {});
    const { key_id, key } = (await rest("GET", `${R}/actions/secrets/public-key`)).body;
    const other = (await rest("GET", `${R}/environments/staging/secrets/public-key`)).body;
    const message = "Bad request - validation failed due to an improperly encrypted secret";
    for (const body of [
      { key_id: other.key_id, encrypted_value: sealed(key, "x") },
      { key_id, encrypted_value: sealed(other.key, "x") },
      { key_id, encrypted_value: Buffer.from("no box").toString("base64") },
    ])
      expect(await rest("PUT", `${R}/actions/secrets/OTHER`, body)).toMatchObject({ status: 422, body: { message } });
    expect((await rest("GET", `${R}/actions/secrets/OTHER`)).status).toBe(404);
    expect((await rest("DELETE", `${R}/actions/secrets/npm_token`)).status).toBe(204);
  });
  test("have names that GitHub takes", async () => {
    expect(await putSecret(`${R}/actions`, "GITHUB_X", "x")).toBe(422);
    expect(await putSecret(`${R}/actions`, "1X", "x")).toBe(422);
    expect((await rest("POST", `${R}/actions/variables`, { name: "COLOR", value: "red" })).status).toBe(201);
    expect(await rest("POST", `${R}/actions/variables`, { name: "color", value: "red" })).toMatchObject({
      status: 409,
    });
  });
});

describe("of the other parts", () => {
  test("the permissions of Actions are kept, and narrowed only where actions are selected", async () => {
    expect(
      (await rest("PUT", `${R}/actions/permissions/selected-actions`, { github_owned_allowed: true })).status,
    ).toBe(409);
    expect(
      (
        await rest("PUT", `${R}/actions/permissions`, {
          enabled: true,
          allowed_actions: "selected",
          sha_pinning_required: true,
        })
      ).status,
    ).toBe(204);
    expect(
      (
        await rest("PUT", `${R}/actions/permissions/selected-actions`, {
          github_owned_allowed: true,
          verified_allowed: false,
          patterns_allowed: ["docker/*"],
        })
      ).status,
    ).toBe(204);
    expect((await rest("GET", `${R}/actions/permissions/selected-actions`)).body.patterns_allowed).toEqual([
      "docker/*",
    ]);
    expect((await rest("GET", `${R}/actions/permissions`)).body).toMatchObject({
      enabled: true,
      allowed_actions: "selected",
      sha_pinning_required: true,
    });
    await rest("PUT", `${R}/actions/permissions/workflow`, {
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    });
    expect((await rest("GET", `${R}/actions/permissions/workflow`)).body).toEqual({
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    });
    await rest("PUT", `${R}/actions/permissions/access`, { access_level: "organization" });
    expect((await rest("GET", `${R}/actions/permissions/access`)).body.access_level).toBe("organization");
  });
  test("labels are made, renamed and removed, each name once whatever its case", async () => {
    expect(
      (await rest("POST", `${R}/labels`, { name: "area: proxy", color: "0e8a16", description: "Caddy" })).status,
    ).toBe(201);
    expect(await rest("POST", `${R}/labels`, { name: "Area: Proxy", color: "0e8a16" })).toMatchObject({
      status: 422,
      body: { errors: [{ resource: "Label", code: "already_exists", field: "name" }] },
    });
    expect(
      (await rest("PATCH", `${R}/labels/area:%20proxy`, { name: "area: router", color: "ffffff" })).body,
    ).toMatchObject({ name: "area: router", color: "ffffff", description: "Caddy" });
    expect((await rest("DELETE", `${R}/labels/area:%20router`)).status).toBe(204);
  });
  test("webhooks are kept, and hide their secret", async () => {
    const config = { url: "https://example.com/hook", content_type: "json", insecure_ssl: "0", secret: SECRET };
    const { status, body } = await rest("POST", `${R}/hooks`, {
      name: "web",
      active: true,
      events: ["push", "release"],
      config,
    });
    expect(status).toBe(201);
    expect(body.config).toEqual({ ...config, secret: "********" });
    expect((await rest("GET", `${R}/hooks/${body.id}`)).body.events).toEqual(["push", "release"]);
    expect((await control("GET", "/secrets")).body["harbour/shop"].webhooks).toEqual({ [body.id]: SECRET });
    expect(await rest("POST", `${R}/hooks`, { events: ["push", "release"], config })).toMatchObject({
      status: 422,
      body: { errors: [{ message: "Hook already exists on this repository" }] },
    });
    expect(
      (await rest("PATCH", `${R}/hooks/${body.id}`, { active: false, config: { url: config.url } })).body,
    ).toMatchObject({ active: false, config: { url: config.url } });
  });
  test("deploy keys are kept, each only once", async () => {
    const { public: key } = newKeyPair("somebody");
    const { status, body } = await rest("POST", `${R}/keys`, { title: "prod", key, read_only: true });
    expect(status).toBe(201);
    expect((await rest("GET", `${R}/keys/${body.id}`)).body).toMatchObject({
      title: "prod",
      read_only: true,
      key: key.split(" ").slice(0, 2).join(" "),
    });
    expect(await rest("POST", `${R}/keys`, { title: "again", key })).toMatchObject({
      status: 422,
      body: { errors: [{ message: "key is already in use" }] },
    });
    expect((await rest("POST", `${R}/keys`, { title: "none", key: "ssh-ed25519 AAAA" })).status).toBe(422);
  });
  test("collaborators who are members come at once, others by invitation", async () => {
    await rest("PUT", "/organizations/101/team/801/repos/harbour/shop", { permission: "push" });
    expect((await rest("PUT", `${R}/collaborators/alan`, { permission: "triage" })).status).toBe(204);
    const invited = await rest("PUT", `${R}/collaborators/linus`, { permission: "push" });
    expect(invited).toMatchObject({ status: 201, body: { permissions: "write", invitee: { login: "linus" } } });
    const direct = (await rest("GET", `${R}/collaborators?affiliation=direct&per_page=100`)).body;
    expect(direct.map((each: any) => [each.login, each.role_name])).toEqual([["alan", "write"]]); // through the team
    expect((await rest("PATCH", `${R}/invitations/${invited.body.id}`, { permissions: "read" })).body.permissions).toBe(
      "read",
    );
    expect((await rest("DELETE", `${R}/collaborators/linus`)).status).toBe(204);
    expect((await rest("GET", `${R}/invitations`)).body).toEqual([]);
  });
  test("teams are given access by number and by slug", async () => {
    const path = "/organizations/101/team/801/repos/harbour/shop";
    expect((await rest("PUT", path, { permission: "maintain" })).status).toBe(204);
    expect(
      (await rest("GET", path, undefined, { headers: { accept: "application/vnd.github.v3.repository+json" } })).body,
    ).toMatchObject({ name: "shop", role_name: "maintain" });
    expect((await rest("GET", `${R}/teams`)).body).toMatchObject([{ slug: "reviewers", permission: "maintain" }]);
    expect((await rest("DELETE", "/orgs/harbour/teams/reviewers/repos/harbour/shop")).status).toBe(204);
    expect((await rest("GET", path)).status).toBe(404);
  });
});
