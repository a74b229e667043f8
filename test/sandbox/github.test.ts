import { statSync } from "node:fs";
import sodium from "libsodium-wrappers";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestGithub } from "./support/server.ts";

const github = new TestGithub();
const { rest, control } = github;
const R = "/repos/harbour/shop";
const SECRET = "marked-secret-3f9c1a";

beforeAll(async () => {
  await sodium.ready;
  await github.start();
  const made = await rest("POST", "/orgs/harbour/repos", { name: "shop", description: "Sells things", visibility: "private", auto_init: true, has_wiki: false });
  expect(made.status).toBe(201);
});
afterAll(() => github.remove());

const sealed = (key: string, text: string): string =>
  sodium.to_base64(sodium.crypto_box_seal(text, sodium.from_base64(key, sodium.base64_variants.ORIGINAL)), sodium.base64_variants.ORIGINAL);

/** Stores a secret as the provider does: public key, sealed box, read back. */
async function putSecret(base: string, name: string, text: string): Promise<number> {
  const { body } = await rest("GET", `${base}/secrets/public-key`);
  const { status } = await rest("PUT", `${base}/secrets/${name}`, { key_id: body.key_id, encrypted_value: sealed(body.key, text) });
  return status;
}

describe("who calls", () => {
  test("is asked for a token", async () => {
    expect(await rest("GET", "/user", undefined, { token: null })).toMatchObject({ status: 401, body: { message: "Requires authentication" } });
    expect(await rest("GET", "/user", undefined, { token: "ghp_wrong" })).toMatchObject({ status: 401, body: { message: "Bad credentials" } });
  });
  test("is known by the token", async () => {
    expect((await rest("GET", "/user")).body.login).toBe("ada");
    expect((await rest("GET", "/user")).headers.get("x-oauth-scopes")).toContain("repo");
  });
  test("sees an owner that is no organization as 404", async () => {
    expect((await rest("GET", "/orgs/harbour")).body.type).toBe("Organization");
    expect((await rest("GET", "/orgs/ada")).status).toBe(404);
  });
  test("cannot reach a private repository without the scope, nor delete one without delete_repo", async () => {
    const blind = await github.tokenFor("ada", []);
    expect((await rest("GET", R, undefined, { token: blind })).status).toBe(404);
    const half = await github.tokenFor("ada", ["repo"]);
    const refused = await rest("DELETE", R, undefined, { token: half });
    expect(refused).toMatchObject({ status: 403, body: { message: "Must have admin rights to Repository." } });
    expect(refused.headers.get("x-accepted-oauth-scopes")).toBe("delete_repo");
  });
  test("may not administer as a member, and does not see it from outside", async () => {
    expect(await rest("PATCH", R, { description: "mine" }, { token: await github.tokenFor("grace", ["repo"]) })).toMatchObject({ status: 403 });
    expect((await rest("GET", R, undefined, { token: await github.tokenFor("linus", ["repo"]) })).status).toBe(404);
  });
});

describe("what the description forbids", () => {
  test.each([
    ["a missing field", "POST", "/orgs/harbour/repos", {}, 'Invalid request.\n\n"name" wasn\'t supplied.'],
    ["a wrong type", "PATCH", R, { has_issues: "yes" }, "Invalid request.\n\nFor 'properties/has_issues', the value is not a boolean."],
    ["a wrong member", "PUT", `${R}/actions/permissions`, { enabled: true, allowed_actions: "some" }, expect.stringContaining("is not a member of")],
    ["an unknown field of a closed body", "PUT", `${R}/environments/x`, { colour: "red" }, 'Invalid request.\n\n"colour" is not a permitted key.'],
    ["a known exception with a wrong type", "PUT", `${R}/environments/x`, { can_admins_bypass: "no" }, 'Invalid request.\n\n"can_admins_bypass" is not a permitted key.'],
  ])("%s is a 422", async (_, method, path, body, message) => {
    const answer = await rest(method, path, body);
    expect(answer).toMatchObject({ status: 422, body: { message, status: "422" } });
    expect(answer.body.documentation_url).toMatch(/^https:\/\/docs\.github\.com\/rest\//);
  });
  test("is never told with the value", async () => {
    const answer = await rest("PUT", `${R}/actions/secrets/TOKEN`, { key_id: 5, encrypted_value: SECRET });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
  });
  test("broken JSON is a 400, an unknown path a 404, a call that is not handled a 501", async () => {
    expect(await rest("PATCH", R, "{")).toMatchObject({ status: 400, body: { message: "Problems parsing JSON" } });
    expect((await rest("GET", "/no/such/thing")).status).toBe(404);
    expect(await rest("POST", `${R}/transfer`, { new_owner: "ada" })).toMatchObject({ status: 501, body: { message: expect.stringContaining("repos/transfer") } });
  });
});

describe("a repository", () => {
  test("is created, read, and changed as the provider does it", async () => {
    const { body } = await rest("GET", R);
    expect(body).toMatchObject({ name: "shop", private: true, visibility: "private", has_wiki: false, default_branch: "main", owner: { login: "harbour" } });
    expect((await rest("PUT", `${R}/topics`, { names: ["Docker", "python"] })).body).toEqual({ names: ["docker", "python"] });
    const changed = await rest("PATCH", R, { name: "shop", has_issues: false, allow_merge_commit: false, delete_branch_on_merge: true, allow_auto_merge: true });
    expect(changed.body).toMatchObject({ has_issues: false, allow_merge_commit: false, delete_branch_on_merge: true, topics: ["docker", "python"] });
    // The provider sets the visibility of a new repository a second time, and expects to be refused.
    expect(await rest("PATCH", R, { visibility: "private" })).toMatchObject({ status: 422, body: { errors: ["Visibility is already private."] } });
  });
  test("refuses a name that is taken, and a default branch that is not there", async () => {
    expect(await rest("POST", "/orgs/harbour/repos", { name: "Shop" })).toMatchObject({ status: 422, body: { errors: [{ message: "name already exists on this account" }] } });
    expect(await rest("PATCH", R, { default_branch: "nope" })).toMatchObject({ status: 422, body: { errors: [{ field: "default_branch", code: "invalid" }] } });
  });
  test("has secret scanning only where it is public or paid for", async () => {
    const asked = { security_and_analysis: { secret_scanning: { status: "enabled" }, secret_scanning_push_protection: { status: "enabled" } } };
    expect(await rest("PATCH", R, asked)).toMatchObject({ status: 422, body: { message: "Secret scanning is not available for this repository." } });
    await control("PATCH", "/accounts/harbour", { advancedSecurity: true });
    expect((await rest("PATCH", R, asked)).body.security_and_analysis).toMatchObject({ secret_scanning: { status: "enabled" }, secret_scanning_push_protection: { status: "enabled" } });
    await control("PATCH", "/accounts/harbour", { advancedSecurity: false });
  });
  test("has alerts before it has fixes", async () => {
    expect((await rest("GET", `${R}/vulnerability-alerts`)).status).toBe(404);
    expect((await rest("PUT", `${R}/automated-security-fixes`)).status).toBe(422);
    expect((await rest("PUT", `${R}/vulnerability-alerts`)).status).toBe(204);
    expect((await rest("PUT", `${R}/automated-security-fixes`)).status).toBe(204);
    expect((await rest("GET", `${R}/automated-security-fixes`)).body).toEqual({ enabled: true, paused: false });
  });
  test("is found by its old name after a rename, and is read-only when archived", async () => {
    await rest("POST", "/orgs/harbour/repos", { name: "old" });
    expect((await rest("PATCH", "/repos/harbour/old", { name: "new" })).body.full_name).toBe("harbour/new");
    const moved = await rest("GET", "/repos/harbour/old");
    expect(moved.status).toBe(301);
    expect((await rest("GET", new URL(moved.headers.get("location")!).pathname.replace("/api/v3", ""))).body.name).toBe("new");
    expect((await rest("PATCH", "/repos/harbour/new", { archived: true })).body.archived).toBe(true);
    expect(await rest("POST", "/repos/harbour/new/labels", { name: "x" })).toMatchObject({ status: 403, body: { message: "Repository was archived so is read-only." } });
    expect((await rest("DELETE", "/repos/harbour/new")).status).toBe(204);
    expect((await rest("GET", "/repos/harbour/new")).status).toBe(404);
  });
  test("of a person lies below the person", async () => {
    expect((await rest("POST", "/user/repos", { name: "notes", private: true })).body).toMatchObject({ full_name: "ada/notes", owner: { type: "User" } });
    expect(await rest("POST", "/repos/ada/notes/rulesets", { name: "r", enforcement: "active" })).toMatchObject({ status: 403, body: { message: expect.stringContaining("Upgrade to GitHub Pro") } });
  });
});

describe("rulesets", () => {
  const ruleset = {
    name: "main", target: "branch", enforcement: "disabled",
    bypass_actors: [{ actor_id: 801, actor_type: "Team", bypass_mode: "pull_request" }],
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      { type: "deletion" }, { type: "non_fast_forward" },
      { type: "pull_request", parameters: { required_approving_review_count: 1, dismiss_stale_reviews_on_push: true, require_code_owner_review: true, require_last_push_approval: true, required_review_thread_resolution: true } },
      { type: "required_status_checks", parameters: { strict_required_status_checks_policy: true, required_status_checks: [{ context: "quality gate" }] } },
    ],
  };
  test("are created, read, replaced and removed", async () => {
    const { status, body } = await rest("POST", `${R}/rulesets`, ruleset);
    expect(status).toBe(201);
    const read = await rest("GET", `${R}/rulesets/${body.id}?includes_parents=false`);
    expect(read.body).toMatchObject({ name: "main", source: "harbour/shop", source_type: "Repository", bypass_actors: ruleset.bypass_actors });
    expect(read.body.rules.find(({ type }: any) => type === "pull_request").parameters).toMatchObject({ required_approving_review_count: 1, allowed_merge_methods: ["merge", "squash", "rebase"] });
    expect((await rest("PUT", `${R}/rulesets/${body.id}`, { ...ruleset, enforcement: "evaluate" })).body.enforcement).toBe("evaluate");
    expect(await rest("POST", `${R}/rulesets`, ruleset)).toMatchObject({ status: 422, body: { errors: ["Name must be unique"] } });
    expect((await rest("DELETE", `${R}/rulesets/${body.id}`)).status).toBe(204);
    expect((await rest("GET", `${R}/rulesets/${body.id}`)).status).toBe(404);
  });
  test("refuse patterns and rules that GitHub does not know", async () => {
    expect((await rest("POST", `${R}/rulesets`, { ...ruleset, name: "p", conditions: { ref_name: { include: ["main"], exclude: [] } } })).status).toBe(422);
    expect((await rest("POST", `${R}/rulesets`, { ...ruleset, name: "q", rules: [{ type: "no_such_rule" }] })).status).toBe(422);
  });
});

describe("classic protection by GraphQL", () => {
  const fields = "id pattern requiresApprovingReviews requiredStatusCheckContexts isAdminEnforced repository { id name } pushAllowances(first: 100) { nodes { actor { ... on App { id name slug } ... on Team { id name slug } ... on User { id name login } } } }";
  const create = "mutation($input:CreateBranchProtectionRuleInput!){createBranchProtectionRule(input: $input){branchProtectionRule{id}}}";
  const read = `query($id:ID!){node(id: $id){... on BranchProtectionRule{${fields}}}}`;

  test("is created, read, changed, found and removed", async () => {
    const { node_id } = (await rest("GET", R)).body;
    const { data: { organization } } = await github.graphql('query{organization(login:"harbour"){team(slug:"reviewers"){id}}}');
    const input = { repositoryId: node_id, pattern: "develop", requiresApprovingReviews: true, requiredStatusCheckContexts: ["test"], isAdminEnforced: true, restrictsPushes: true, pushActorIds: [organization.team.id] };
    const made = await github.graphql(create, { input });
    const { id } = made.data.createBranchProtectionRule.branchProtectionRule;
    expect((await github.graphql(read, { id })).data.node).toMatchObject({
      pattern: "develop", requiresApprovingReviews: true, requiredStatusCheckContexts: ["test"], repository: { id: node_id, name: "shop" },
      pushAllowances: { nodes: [{ actor: { id: organization.team.id, slug: "reviewers" } }] },
    });
    expect((await github.graphql(create, { input })).errors[0].message).toBe("Name already protected: develop");
    const update = "mutation($input:UpdateBranchProtectionRuleInput!){updateBranchProtectionRule(input: $input){branchProtectionRule{id}}}";
    await github.graphql(update, { input: { branchProtectionRuleId: id, requiresApprovingReviews: false } });
    expect((await github.graphql(read, { id })).data.node.requiresApprovingReviews).toBe(false);
    const list = "query($id:ID!){node(id:$id){... on Repository{branchProtectionRules(first:100){nodes{id pattern} pageInfo{hasNextPage endCursor}}}}}";
    expect((await github.graphql(list, { id: node_id })).data.node.branchProtectionRules.nodes).toEqual([{ id, pattern: "develop" }]);
    await github.graphql("mutation($input:DeleteBranchProtectionRuleInput!){deleteBranchProtectionRule(input: $input){clientMutationId}}", { input: { branchProtectionRuleId: id } });
    expect((await github.graphql(read, { id })).errors[0].message).toBe(`Could not resolve to a node with the global id of '${id}'`);
  });
  test("probes a name as a node, then asks by name", async () => {
    const probe = await github.graphql("query($id:ID!){node(id:$id){id}}", { id: "shop" });
    expect(probe).toMatchObject({ data: { node: null }, errors: [{ type: "NOT_FOUND", message: "Could not resolve to a node with the global id of 'shop'" }] });
    const named = await github.graphql("query($owner:String!$name:String!){repository(owner:$owner, name:$name){id}}", { owner: "harbour", name: "shop" });
    expect(named.data.repository.id).toBe((await rest("GET", R)).body.node_id);
  });
  test("refuses what the schema does not have, and says what it does not handle", async () => {
    expect((await github.graphql("query{repository(owner:1){id}}")).errors.length).toBeGreaterThan(0);
    const unhandled = await github.ask("POST", "api/graphql", { query: 'query{repository(owner:"harbour",name:"shop"){stargazerCount}}' });
    expect(unhandled).toMatchObject({ status: 501, body: { message: expect.stringContaining("Repository.stargazerCount") } });
  });
  test("is the same rule by REST, without `contexts` too", async () => {
    const body = { required_status_checks: { strict: true, checks: [{ context: "test" }] }, enforce_admins: true, required_pull_request_reviews: { required_approving_review_count: 2 }, restrictions: null };
    expect((await rest("PUT", `${R}/branches/main/protection`, body)).status).toBe(200);
    const read = (await rest("GET", `${R}/branches/main/protection`)).body;
    expect(read).toMatchObject({ required_status_checks: { strict: true, contexts: ["test"], checks: [{ context: "test" }] }, enforce_admins: { enabled: true } });
    expect((await rest("DELETE", `${R}/branches/main/protection`)).status).toBe(204);
    expect(await rest("GET", `${R}/branches/main/protection`)).toMatchObject({ status: 404, body: { message: "Branch not protected" } });
  });
});

describe("environments", () => {
  test("keep reviewers, wait timer, policies and the bypass", async () => {
    const body = { wait_timer: 5, prevent_self_review: true, can_admins_bypass: false, reviewers: [{ type: "User", id: 202 }, { type: "Team", id: 801 }], deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };
    await rest("PUT", "/organizations/101/team/801/repos/harbour/shop", { permission: "push" });
    expect((await rest("PUT", `${R}/environments/prod%2Feu`, body)).body.name).toBe("prod/eu");
    const read = (await rest("GET", `${R}/environments/prod%2Feu`)).body;
    expect(read.can_admins_bypass).toBe(false);
    const rule = (type: string): any => read.protection_rules.find((each: any) => each.type === type);
    expect(rule("wait_timer").wait_timer).toBe(5);
    expect(rule("required_reviewers")).toMatchObject({ prevent_self_review: true, reviewers: [{ type: "User", reviewer: { id: 202 } }, { type: "Team", reviewer: { id: 801 } }] });
    const made = (await rest("POST", `${R}/environments/prod%2Feu/deployment-branch-policies`, { name: "v*", type: "tag" })).body;
    expect((await rest("GET", `${R}/environments/prod%2Feu/deployment-branch-policies/${made.id}`)).body).toMatchObject({ name: "v*", type: "tag" });
    expect((await rest("PUT", `${R}/environments/prod%2Feu`, {})).body).toMatchObject({ can_admins_bypass: true, protection_rules: [], deployment_branch_policy: null });
    expect((await rest("GET", `${R}/environments/prod%2Feu/deployment-branch-policies`)).status).toBe(404);
  });
  test("refuse reviewers who do not exist or are too many, and wait too long", async () => {
    expect((await rest("PUT", `${R}/environments/e`, { reviewers: [{ type: "User", id: 9999 }] })).status).toBe(422);
    expect((await rest("PUT", `${R}/environments/e`, { reviewers: Array.from({ length: 7 }, () => ({ type: "User", id: 202 })) })).status).toBe(422);
    expect((await rest("PUT", `${R}/environments/e`, { deployment_branch_policy: { protected_branches: true, custom_branch_policies: true } })).status).toBe(422);
  });
  test("have secrets and variables by name and by the repository's number", async () => {
    await rest("PUT", `${R}/environments/staging`, {});
    const { id } = (await rest("GET", R)).body;
    const byNumber = `/repositories/${id}/environments/staging`;
    expect(await putSecret(byNumber, "DEPLOY_KEY", SECRET)).toBe(201);
    expect(await putSecret(byNumber, "DEPLOY_KEY", SECRET)).toBe(204);
    const read = (await rest("GET", `${byNumber}/secrets/DEPLOY_KEY`)).body;
    expect(Object.keys(read)).toEqual(["name", "created_at", "updated_at"]);
    expect((await control("GET", "/secrets")).body["harbour/shop"].environments.staging).toEqual({ DEPLOY_KEY: SECRET });
    expect((await rest("POST", `${R}/environments/staging/variables`, { name: "HOST", value: "10.0.0.1" })).status).toBe(201);
    expect((await rest("PATCH", `${R}/environments/staging/variables/HOST`, { name: "HOST", value: "10.0.0.2" })).status).toBe(204);
    expect((await rest("GET", `${R}/environments/staging/variables/HOST`)).body.value).toBe("10.0.0.2");
  });
});

describe("secrets and variables", () => {
  test("are opened, and what the current key does not open is refused", async () => {
    expect(await putSecret(`${R}/actions`, "npm_token", SECRET)).toBe(201);
    expect(await putSecret(`${R}/dependabot`, "NPM_TOKEN", `${SECRET}-dependabot`)).toBe(201);
    expect((await control("GET", "/secrets")).body["harbour/shop"]).toMatchObject({ actions: { NPM_TOKEN: SECRET }, dependabot: { NPM_TOKEN: `${SECRET}-dependabot` } });
    const { key_id, key } = (await rest("GET", `${R}/actions/secrets/public-key`)).body;
    const other = (await rest("GET", `${R}/environments/staging/secrets/public-key`)).body;
    const message = "Bad request - validation failed due to an improperly encrypted secret";
    for (const body of [
      { key_id: other.key_id, encrypted_value: sealed(key, "x") },
      { key_id, encrypted_value: sealed(other.key, "x") },
      { key_id, encrypted_value: Buffer.from("no box").toString("base64") },
    ]) expect(await rest("PUT", `${R}/actions/secrets/OTHER`, body)).toMatchObject({ status: 422, body: { message } });
    expect((await rest("GET", `${R}/actions/secrets/OTHER`)).status).toBe(404);
    expect((await rest("DELETE", `${R}/actions/secrets/npm_token`)).status).toBe(204);
  });
  test("have names that GitHub takes", async () => {
    expect((await putSecret(`${R}/actions`, "GITHUB_X", "x"))).toBe(422);
    expect((await putSecret(`${R}/actions`, "1X", "x"))).toBe(422);
    expect((await rest("POST", `${R}/actions/variables`, { name: "COLOR", value: "red" })).status).toBe(201);
    expect(await rest("POST", `${R}/actions/variables`, { name: "color", value: "red" })).toMatchObject({ status: 409 });
  });
});

describe("the other parts", () => {
  test("Actions permissions", async () => {
    expect((await rest("PUT", `${R}/actions/permissions/selected-actions`, { github_owned_allowed: true })).status).toBe(409);
    expect((await rest("PUT", `${R}/actions/permissions`, { enabled: true, allowed_actions: "selected", sha_pinning_required: true })).status).toBe(204);
    expect((await rest("PUT", `${R}/actions/permissions/selected-actions`, { github_owned_allowed: true, verified_allowed: false, patterns_allowed: ["docker/*"] })).status).toBe(204);
    expect((await rest("GET", `${R}/actions/permissions/selected-actions`)).body.patterns_allowed).toEqual(["docker/*"]);
    expect((await rest("GET", `${R}/actions/permissions`)).body).toMatchObject({ enabled: true, allowed_actions: "selected", sha_pinning_required: true });
    await rest("PUT", `${R}/actions/permissions/workflow`, { default_workflow_permissions: "write", can_approve_pull_request_reviews: true });
    expect((await rest("GET", `${R}/actions/permissions/workflow`)).body).toEqual({ default_workflow_permissions: "write", can_approve_pull_request_reviews: true });
    await rest("PUT", `${R}/actions/permissions/access`, { access_level: "organization" });
    expect((await rest("GET", `${R}/actions/permissions/access`)).body.access_level).toBe("organization");
  });
  test("labels", async () => {
    expect((await rest("POST", `${R}/labels`, { name: "area: proxy", color: "0e8a16", description: "Caddy" })).status).toBe(201);
    expect(await rest("POST", `${R}/labels`, { name: "Area: Proxy", color: "0e8a16" })).toMatchObject({ status: 422, body: { errors: [{ resource: "Label", code: "already_exists", field: "name" }] } });
    expect((await rest("PATCH", `${R}/labels/area:%20proxy`, { name: "area: router", color: "ffffff" })).body).toMatchObject({ name: "area: router", color: "ffffff", description: "Caddy" });
    expect((await rest("DELETE", `${R}/labels/area:%20router`)).status).toBe(204);
  });
  test("webhooks hide their secret", async () => {
    const config = { url: "https://example.com/hook", content_type: "json", insecure_ssl: "0", secret: SECRET };
    const { status, body } = await rest("POST", `${R}/hooks`, { name: "web", active: true, events: ["push", "release"], config });
    expect(status).toBe(201);
    expect(body.config).toEqual({ ...config, secret: "********" });
    expect((await rest("GET", `${R}/hooks/${body.id}`)).body.events).toEqual(["push", "release"]);
    expect((await control("GET", "/secrets")).body["harbour/shop"].webhooks).toEqual({ [body.id]: SECRET });
    expect(await rest("POST", `${R}/hooks`, { events: ["push", "release"], config })).toMatchObject({ status: 422, body: { errors: [{ message: "Hook already exists on this repository" }] } });
    expect((await rest("PATCH", `${R}/hooks/${body.id}`, { active: false, config: { url: config.url } })).body).toMatchObject({ active: false, config: { url: config.url } });
  });
  test("deploy keys, each only once", async () => {
    const { public: key } = ssh2.utils.generateKeyPairSync("ed25519", { comment: "somebody" });
    const { status, body } = await rest("POST", `${R}/keys`, { title: "prod", key, read_only: true });
    expect(status).toBe(201);
    expect((await rest("GET", `${R}/keys/${body.id}`)).body).toMatchObject({ title: "prod", read_only: true, key: key.split(" ").slice(0, 2).join(" ") });
    expect(await rest("POST", `${R}/keys`, { title: "again", key })).toMatchObject({ status: 422, body: { errors: [{ message: "key is already in use" }] } });
    expect((await rest("POST", `${R}/keys`, { title: "none", key: "ssh-ed25519 AAAA" })).status).toBe(422);
  });
  test("collaborators: members at once, others by invitation", async () => {
    expect((await rest("PUT", `${R}/collaborators/alan`, { permission: "triage" })).status).toBe(204);
    const invited = await rest("PUT", `${R}/collaborators/linus`, { permission: "push" });
    expect(invited).toMatchObject({ status: 201, body: { permissions: "write", invitee: { login: "linus" } } });
    const direct = (await rest("GET", `${R}/collaborators?affiliation=direct&per_page=100`)).body;
    expect(direct.map((each: any) => [each.login, each.role_name])).toEqual([["alan", "write"]]); // through the team
    expect((await rest("PATCH", `${R}/invitations/${invited.body.id}`, { permissions: "read" })).body.permissions).toBe("read");
    expect((await rest("DELETE", `${R}/collaborators/linus`)).status).toBe(204);
    expect((await rest("GET", `${R}/invitations`)).body).toEqual([]);
  });
  test("teams by number and by slug", async () => {
    const path = "/organizations/101/team/801/repos/harbour/shop";
    expect((await rest("PUT", path, { permission: "maintain" })).status).toBe(204);
    expect((await rest("GET", path, undefined, { headers: { accept: "application/vnd.github.v3.repository+json" } })).body).toMatchObject({ name: "shop", role_name: "maintain" });
    expect((await rest("GET", `${R}/teams`)).body).toMatchObject([{ slug: "reviewers", permission: "maintain" }]);
    expect((await rest("DELETE", "/orgs/harbour/teams/reviewers/repos/harbour/shop")).status).toBe(204);
    expect((await rest("GET", path)).status).toBe(404);
  });
});

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
    expect(commit).toMatchObject({ commit: { message: "Add ci", committer: { name: "GitHub", email: "noreply@github.com" } }, files: [{ filename: ".github/workflows/ci.yml", status: "added" }] });
    expect(await rest("PUT", file, { message: "x", content: content("x"), branch: "main" })).toMatchObject({ status: 422, body: { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' } });
    const stale = "0".repeat(40);
    expect(await rest("PUT", file, { message: "x", content: content("x"), sha: stale })).toMatchObject({ status: 409, body: { message: `.github/workflows/ci.yml does not match ${stale}` } });
    const changed = await rest("PUT", file, { message: "Change", content: content("on: pull_request\n"), sha: read.sha });
    expect(changed.status).toBe(200);
    expect((await rest("GET", `${R}/commits?path=.github/workflows/ci.yml&sha=main`)).body.map((each: any) => each.commit.message)).toEqual(["Change", "Add ci"]);
    expect((await rest("GET", `${R}/contents/.github/workflows`)).body).toMatchObject([{ name: "ci.yml", type: "file" }]);
    expect((await rest("DELETE", file, { message: "Remove", sha: changed.body.content.sha, branch: "main" })).status).toBe(200);
    expect((await rest("GET", file)).status).toBe(404);
  });
  test("names its content as git does", async () => {
    const { sha } = (await rest("GET", `${R}/contents/README.md`)).body;
    const { createHash } = await import("node:crypto");
    expect(sha).toBe(createHash("sha1").update("blob 19\0# shop\nSells things").digest("hex"));
  });
  test("a workflow needs the scope", async () => {
    const token = await github.tokenFor("ada", ["repo"]);
    expect((await rest("PUT", file, { message: "x", content: content("x") }, { token })).status).toBe(404);
  });
  test("branches are made from a commit, renamed and removed", async () => {
    const { object } = (await rest("GET", `${R}/git/ref/heads/main`)).body;
    expect((await rest("POST", `${R}/git/refs`, { ref: "refs/heads/feature/x", sha: object.sha })).status).toBe(201);
    expect(await rest("POST", `${R}/git/refs`, { ref: "refs/heads/feature/x", sha: object.sha })).toMatchObject({ status: 422, body: { message: "Reference already exists" } });
    expect((await rest("GET", `${R}/branches/feature%2Fx`)).body).toMatchObject({ name: "feature/x", protected: false });
    expect((await rest("POST", `${R}/branches/feature%2Fx/rename`, { new_name: "feature/y" })).body.name).toBe("feature/y");
    expect((await rest("DELETE", `${R}/git/refs/heads/feature/y`)).status).toBe(204);
    expect((await rest("GET", `${R}/git/ref/heads/feature/y`)).status).toBe(404);
  });

  describe("on a protected branch", () => {
    const write = () => rest("PUT", `${R}/contents/NOTES.md`, { message: "notes", content: content("notes"), branch: "main" });
    test("a ruleset refuses the write, and lets a pull request through that has what it needs", async () => {
      const rules = [
        { type: "pull_request", parameters: { required_approving_review_count: 1, dismiss_stale_reviews_on_push: false, require_code_owner_review: false, require_last_push_approval: false, required_review_thread_resolution: false } },
        { type: "required_status_checks", parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: "gate" }] } },
        { type: "deletion" },
      ];
      const made = await rest("POST", `${R}/rulesets`, { name: "guard", target: "branch", enforcement: "active", conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } }, rules });
      expect(await write()).toMatchObject({ status: 409, body: { message: expect.stringMatching(/^Repository rule violations found\n\nChanges must be made through a pull request\./) } });

      const { object } = (await rest("GET", `${R}/git/ref/heads/main`)).body;
      await rest("POST", `${R}/git/refs`, { ref: "refs/heads/slipway/managed-files", sha: object.sha });
      expect(await rest("POST", `${R}/pulls`, { title: "t", head: "slipway/managed-files", base: "main" })).toMatchObject({ status: 422, body: { errors: [{ message: "No commits between main and slipway/managed-files" }] } });
      const written = await rest("PUT", `${R}/contents/NOTES.md`, { message: "notes", content: content("notes"), branch: "slipway/managed-files" });
      const pull = await rest("POST", `${R}/pulls`, { title: "Managed files", head: "slipway/managed-files", base: "main", body: "by a program" });
      expect(pull).toMatchObject({ status: 201, body: { number: 1, state: "open", head: { ref: "slipway/managed-files", sha: written.body.commit.sha } } });
      expect((await rest("GET", `${R}/pulls?head=harbour:slipway/managed-files`)).body).toHaveLength(1);
      expect(await rest("POST", `${R}/pulls`, { title: "t", head: "slipway/managed-files", base: "main" })).toMatchObject({ status: 422, body: { errors: [{ message: "A pull request already exists for harbour:slipway/managed-files." }] } });

      expect(await rest("PUT", `${R}/pulls/1/merge`, {})).toMatchObject({ status: 405, body: { message: expect.stringContaining("At least 1 approving review is required") } });
      await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
      await rest("POST", `${R}/pulls/1/reviews`, { event: "APPROVE" }, { token: await github.tokenFor("grace", ["repo"]) });
      expect(await rest("PUT", `${R}/pulls/1/merge`, {})).toMatchObject({ status: 405, body: { message: expect.stringContaining('Required status check "gate" is expected.') } });
      await rest("POST", `${R}/statuses/${written.body.commit.sha}`, { state: "success", context: "gate" });
      expect((await rest("GET", `${R}/commits/${written.body.commit.sha}/status`)).body.state).toBe("success");
      expect((await rest("PUT", `${R}/pulls/1/merge`, { merge_method: "squash" })).body.merged).toBe(true);
      expect((await rest("GET", `${R}/contents/NOTES.md`)).status).toBe(200);
      expect((await rest("GET", `${R}/branches/slipway%2Fmanaged-files`)).status).toBe(404); // delete_branch_on_merge
      await rest("DELETE", `${R}/rulesets/${made.body.id}`);
    });
    test("a classic rule refuses it too, administrators only if they are included", async () => {
      const protect = (enforce_admins: boolean) =>
        rest("PUT", `${R}/branches/main/protection`, { required_status_checks: null, enforce_admins, required_pull_request_reviews: { required_approving_review_count: 1 }, restrictions: null });
      const put = async () => rest("PUT", `${R}/contents/MORE.md`, { message: "more", content: content("more") });
      await protect(true);
      expect(await put()).toMatchObject({ status: 409, body: { message: "Could not create file: Changes must be made through a pull request." } });
      await protect(false);
      expect((await put()).status).toBe(201);
      await rest("DELETE", `${R}/branches/main/protection`);
    });
  });
  test("comments and deployments are kept", async () => {
    const { body } = await rest("POST", `${R}/issues/1/comments`, { body: "preview: 2 to update" });
    expect((await rest("PATCH", `${R}/issues/comments/${body.id}`, { body: "preview: none" })).body.body).toBe("preview: none");
    expect((await rest("GET", `${R}/issues/1/comments`)).body).toHaveLength(1);
    const deployment = (await rest("POST", `${R}/deployments`, { ref: "main", environment: "staging", auto_merge: false, required_contexts: [] })).body;
    expect((await rest("POST", `${R}/deployments/${deployment.id}/statuses`, { state: "success", environment_url: "https://shop.test/" })).status).toBe(201);
    expect((await rest("GET", `${R}/deployments?environment=staging`)).body).toHaveLength(1);
    expect((await rest("GET", `${R}/deployments/${deployment.id}/statuses`)).body).toMatchObject([{ state: "success", environment: "staging" }]);
  });
});

describe("as GitHub's API everywhere", () => {
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
    expect(limited).toMatchObject({ status: 403, body: { message: expect.stringContaining("secondary rate limit"), documentation_url: expect.stringMatching(/secondary-rate-limits$/) } });
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
    expect((await rest("GET", R)).body.description).toBe("Sells more");
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
    expect((await control("GET", "/secrets", undefined, { token: await github.tokenFor("grace", ["repo"]) })).status).toBe(401);
  });
  test("show a repository without a secret's value", async () => {
    await putSecret(`${R}/actions`, "REGISTRY_PASSWORD", SECRET);
    const page = await github.ask("GET", "harbour/shop", undefined, { token: null });
    for (const seen of ["Sells more", "REGISTRY_PASSWORD", "DEPLOY_KEY", "HOST=10.0.0.2", "NOTES.md", "Managed files", "https://example.com/hook"]) expect(page.body).toContain(seen);
    expect(page.body).not.toContain(SECRET);
    expect((await github.ask("GET", "")).body).toContain("harbour/shop");
    expect((await github.ask("GET", "harbour/none")).status).toBe(404);
  });
  test("show no markup that came in", async () => {
    await rest("PATCH", R, { description: "<script>alert(1)</script>" });
    expect((await github.ask("GET", "harbour/shop")).body).not.toContain("<script>alert");
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
    for (const name of ["state.json", "calls.jsonl", "token"]) expect(statSync(github.file(name)).mode & 0o777).toBe(0o600);
    expect(github.output).not.toContain(SECRET);
    expect(JSON.stringify(before)).not.toContain(SECRET);
  });
  test("a reset forgets the repositories and keeps the token", async () => {
    expect((await control("POST", "/reset")).status).toBe(204);
    expect((await rest("GET", R)).status).toBe(404);
    expect((await rest("GET", "/user")).status).toBe(200);
  });
});
