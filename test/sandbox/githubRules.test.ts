import { describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

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
  test("let a user pass who is named, and nobody else", async () => {
    const { id } = (await rest("GET", "/users/ada")).body;
    const [own, other] = [{ actor_id: id, actor_type: "User", bypass_mode: "always" }, { actor_id: 202, actor_type: "User", bypass_mode: "always" }];
    const put = (path: string) => rest("PUT", `${R}/contents/${path}`, { message: "m", content: "YQ==", branch: "main" });
    const made = (await rest("POST", `${R}/rulesets`, { ...ruleset, name: "named", enforcement: "active", bypass_actors: [other] })).body;
    expect(await put("refused.txt")).toMatchObject({ status: 409 });
    await rest("PUT", `${R}/rulesets/${made.id}`, { bypass_actors: [own] });
    expect(await put("passed.txt")).toMatchObject({ status: 201 });
    await rest("DELETE", `${R}/rulesets/${made.id}`);
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
