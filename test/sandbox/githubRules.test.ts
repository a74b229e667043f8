import { describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

describe("rulesets", () => {
  const ruleset = {
    name: "main",
    target: "branch",
    enforcement: "disabled",
    bypass_actors: [{ actor_id: 801, actor_type: "Team", bypass_mode: "pull_request" }],
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      {
        type: "pull_request",
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: true,
          require_last_push_approval: true,
          required_review_thread_resolution: true,
        },
      },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: "quality gate" }],
        },
      },
    ],
  };
  test("are created, read, replaced and removed", async () => {
    const { status, body } = await rest("POST", `${R}/rulesets`, ruleset);
    expect(status).toBe(201);
    const read = await rest("GET", `${R}/rulesets/${body.id}?includes_parents=false`);
    expect(read.body).toMatchObject({
      name: "main",
      source: "harbour/shop",
      source_type: "Repository",
      bypass_actors: ruleset.bypass_actors,
    });
    expect(read.body.rules.find(({ type }: any) => type === "pull_request").parameters).toMatchObject({
      required_approving_review_count: 1,
      allowed_merge_methods: ["merge", "squash", "rebase"],
    });
    expect(
      (await rest("PUT", `${R}/rulesets/${body.id}`, { ...ruleset, enforcement: "evaluate" })).body.enforcement,
    ).toBe("evaluate");
    expect(await rest("POST", `${R}/rulesets`, ruleset)).toMatchObject({
      status: 422,
      body: { errors: ["Name must be unique"] },
    });
    expect((await rest("DELETE", `${R}/rulesets/${body.id}`)).status).toBe(204);
    expect((await rest("GET", `${R}/rulesets/${body.id}`)).status).toBe(404);
  });
  test("refuse patterns and rules that GitHub does not know", async () => {
    expect(
      (
        await rest("POST", `${R}/rulesets`, {
          ...ruleset,
          name: "p",
          conditions: { ref_name: { include: ["main"], exclude: [] } },
        })
      ).status,
    ).toBe(422);
    expect(
      (await rest("POST", `${R}/rulesets`, { ...ruleset, name: "q", rules: [{ type: "no_such_rule" }] })).status,
    ).toBe(422);
  });
  test("let a user pass who is named, and nobody else", async () => {
    const { id } = (await rest("GET", "/users/ada")).body;
    const [own, other] = [
      { actor_id: id, actor_type: "User", bypass_mode: "always" },
      { actor_id: 202, actor_type: "User", bypass_mode: "always" },
    ];
    const put = (path: string) =>
      rest("PUT", `${R}/contents/${path}`, { message: "m", content: "YQ==", branch: "main" });
    const made = (
      await rest("POST", `${R}/rulesets`, { ...ruleset, name: "named", enforcement: "active", bypass_actors: [other] })
    ).body;
    expect(await put("refused.txt")).toMatchObject({ status: 409 });
    await rest("PUT", `${R}/rulesets/${made.id}`, { bypass_actors: [own] });
    expect(await put("passed.txt")).toMatchObject({ status: 201 });
    await rest("DELETE", `${R}/rulesets/${made.id}`);
  });
});

describe("classic protection by GraphQL", () => {
  const fields =
    "id pattern requiresApprovingReviews requiredStatusCheckContexts isAdminEnforced repository { id name } pushAllowances(first: 100) { nodes { actor { ... on App { id name slug } ... on Team { id name slug } ... on User { id name login } } } }";
  const create =
    "mutation($input:CreateBranchProtectionRuleInput!){createBranchProtectionRule(input: $input){branchProtectionRule{id}}}";
  const read = `query($id:ID!){node(id: $id){... on BranchProtectionRule{${fields}}}}`;

  test("is created, read, changed, found and removed", async () => {
    const { node_id } = (await rest("GET", R)).body;
    const {
      data: { organization },
    } = await github.graphql('query{organization(login:"harbour"){team(slug:"reviewers"){id}}}');
    const input = {
      repositoryId: node_id,
      pattern: "develop",
      requiresApprovingReviews: true,
      requiredStatusCheckContexts: ["test"],
      isAdminEnforced: true,
      restrictsPushes: true,
      pushActorIds: [organization.team.id],
    };
    const made = await github.graphql(create, { input });
    const { id } = made.data.createBranchProtectionRule.branchProtectionRule;
    expect((await github.graphql(read, { id })).data.node).toMatchObject({
      pattern: "develop",
      requiresApprovingReviews: true,
      requiredStatusCheckContexts: ["test"],
      repository: { id: node_id, name: "shop" },
      pushAllowances: { nodes: [{ actor: { id: organization.team.id, slug: "reviewers" } }] },
    });
    expect((await github.graphql(create, { input })).errors[0].message).toBe("Name already protected: develop");
    await github.graphql(update, { input: { branchProtectionRuleId: id, requiresApprovingReviews: false } });
    expect((await github.graphql(read, { id })).data.node.requiresApprovingReviews).toBe(false);
    const list =
      "query($id:ID!){node(id:$id){... on Repository{branchProtectionRules(first:100){nodes{id pattern} pageInfo{hasNextPage endCursor}}}}}";
    expect((await github.graphql(list, { id: node_id })).data.node.branchProtectionRules.nodes).toEqual([
      { id, pattern: "develop" },
    ]);
    await github.graphql(remove, { input: { branchProtectionRuleId: id } });
    expect((await github.graphql(read, { id })).errors[0].message).toBe(
      `Could not resolve to a node with the global id of '${id}'`,
    );
  });
  const update =
    "mutation($input:UpdateBranchProtectionRuleInput!){updateBranchProtectionRule(input: $input){branchProtectionRule{id}}}";
  const remove =
    "mutation($input:DeleteBranchProtectionRuleInput!){deleteBranchProtectionRule(input: $input){clientMutationId}}";
  const addRule = async (repository: string, pattern: string): Promise<{ repositoryId: string; id: string }> => {
    const repositoryId = (await rest("GET", repository)).body.node_id;
    return {
      repositoryId,
      id: (await github.graphql(create, { input: { repositoryId, pattern } })).data.createBranchProtectionRule
        .branchProtectionRule.id,
    };
  };
  const patterns = async (repositoryId: string): Promise<string[]> =>
    (
      await github.graphql(
        "query($id:ID!){node(id:$id){... on Repository{branchProtectionRules(first:100){nodes{pattern}}}}}",
        { id: repositoryId },
      )
    ).data.node.branchProtectionRules.nodes.map(({ pattern }: any) => pattern);

  test("cannot be changed once the repository is archived", async () => {
    await rest("POST", "/orgs/harbour/repos", { name: "closed" });
    const { repositoryId, id } = await addRule("/repos/harbour/closed", "main");
    await rest("PATCH", "/repos/harbour/closed", { archived: true });
    const refused = { errors: [{ type: "FORBIDDEN", message: "Repository was archived so is read-only." }] };
    expect(await github.graphql(create, { input: { repositoryId, pattern: "develop" } })).toMatchObject(refused);
    expect(await github.graphql(update, { input: { branchProtectionRuleId: id, pattern: "develop" } })).toMatchObject(
      refused,
    );
    expect(await github.graphql(remove, { input: { branchProtectionRuleId: id } })).toMatchObject(refused);
    expect(await patterns(repositoryId)).toEqual(["main"]);
  });
  test("does not exist for a token that may not see a private repository", async () => {
    const { repositoryId, id } = await addRule(R, "hidden");
    const ask = async (query: string, variables: object, scopes: string[]) =>
      (await github.ask("POST", "api/graphql", { query, variables }, { token: await github.tokenFor("ada", scopes) }))
        .body;
    const missing = { errors: [{ type: "NOT_FOUND" }] };
    for (const [query, variables] of [
      ['{repository(owner:"harbour",name:"shop"){id}}', {}],
      ["query($id:ID!){node(id:$id){id}}", { id: repositoryId }],
      [read, { id }],
    ] as const) {
      expect(await ask(query, variables, ["read:org", "public_repo"])).toMatchObject(missing);
      expect((await ask(query, variables, ["repo", "read:org"])).errors).toBeUndefined();
    }
    expect(await ask(`# first a word\n${remove}`, { input: { branchProtectionRuleId: id } }, [])).toMatchObject({
      errors: [{ type: "INSUFFICIENT_SCOPES" }],
    });
    expect(await patterns(repositoryId)).toContain("hidden");
  });
  test("is left as it was by what the sandbox does not handle", async () => {
    const { repositoryId, id } = await addRule(R, "kept");
    const before = await patterns(repositoryId);
    const ask = (query: string, input: object) => github.ask("POST", "api/graphql", { query, variables: { input } });
    expect(await ask(create, { repositoryId, pattern: "more", requiresDeployments: true })).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("CreateBranchProtectionRuleInput.requiresDeployments") },
    });
    expect(
      await ask(update, { branchProtectionRuleId: id, pattern: "changed", requiredStatusChecks: [] }),
    ).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("UpdateBranchProtectionRuleInput.requiredStatusChecks") },
    });
    const asksTooMuch = update.replace("{id}", "{id matchingRefs(first:1){totalCount}}");
    expect(await ask(asksTooMuch, { branchProtectionRuleId: id, pattern: "changed" })).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("BranchProtectionRule.matchingRefs") },
    });
    expect(await patterns(repositoryId)).toEqual(before);
  });
  test("probes a name as a node, then asks by name", async () => {
    const probe = await github.graphql("query($id:ID!){node(id:$id){id}}", { id: "shop" });
    expect(probe).toMatchObject({
      data: { node: null },
      errors: [{ type: "NOT_FOUND", message: "Could not resolve to a node with the global id of 'shop'" }],
    });
    const named = await github.graphql("query($owner:String!$name:String!){repository(owner:$owner, name:$name){id}}", {
      owner: "harbour",
      name: "shop",
    });
    expect(named.data.repository.id).toBe((await rest("GET", R)).body.node_id);
  });
  test("refuses what the schema does not have, and says what it does not handle", async () => {
    expect((await github.graphql("query{repository(owner:1){id}}")).errors.length).toBeGreaterThan(0);
    const unhandled = await github.ask("POST", "api/graphql", {
      query: 'query{repository(owner:"harbour",name:"shop"){stargazerCount}}',
    });
    expect(unhandled).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("Repository.stargazerCount") },
    });
  });
  test("is the same rule by REST, without `contexts` too", async () => {
    const body = {
      required_status_checks: { strict: true, checks: [{ context: "test" }] },
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 2 },
      restrictions: null,
    };
    expect((await rest("PUT", `${R}/branches/main/protection`, body)).status).toBe(200);
    const read = (await rest("GET", `${R}/branches/main/protection`)).body;
    expect(read).toMatchObject({
      required_status_checks: { strict: true, contexts: ["test"], checks: [{ context: "test" }] },
      enforce_admins: { enabled: true },
    });
    expect((await rest("DELETE", `${R}/branches/main/protection`)).status).toBe(204);
    expect(await rest("GET", `${R}/branches/main/protection`)).toMatchObject({
      status: 404,
      body: { message: "Branch not protected" },
    });
  });
});
