/** What somebody with too many rights does by hand, each thing with what a preview should call it. */
import { newPublicKey, STACK } from "./declaration.ts";
import type { Scene } from "./scene.ts";

export interface Edit {
  what: string;
  /** End of the name of the resource that a preview should show. */
  resource: string;
  make: (scene: Scene) => Promise<unknown>;
}

export interface Addition {
  what: string;
  /** A word that tells it from everything declared. */
  name: string;
  make: (scene: Scene) => Promise<unknown>;
}

const put = (path: string, body?: unknown) => (scene: Scene) =>
  scene.administrator.must("PUT", `${scene.R}${path}`, body);
const patch = (path: string, body: unknown) => (scene: Scene) =>
  scene.administrator.must("PATCH", `${scene.R}${path}`, body);
const remove = (path: string) => (scene: Scene) => scene.administrator.must("DELETE", `${scene.R}${path}`);
const post = (path: string, body: unknown) => (scene: Scene) =>
  scene.administrator.must("POST", `${scene.R}${path}`, body);

/** The number of one of several that a list gives. */
async function idOf({ administrator, R }: Scene, path: string, is: (each: any) => boolean): Promise<number> {
  const body = await administrator.read(`${R}${path}`);
  const list: any[] = Array.isArray(body) ? body : (Object.values(body).find(Array.isArray) ?? []);
  const found = list.find(is);
  if (!found) throw new Error(`${path} has not what was to be changed`);
  return found.id;
}

const ENVIRONMENT = `/environments/${STACK}`;
export const POLICIES = `${ENVIRONMENT}/deployment-branch-policies`;

/** Replaces the environment, which GitHub has no way to change in part. */
async function letAdministratorsPass(scene: Scene): Promise<unknown> {
  const { protection_rules: rules, deployment_branch_policy } = await scene.administrator.read(
    `${scene.R}${ENVIRONMENT}`,
  );
  const review = rules.find(({ type }: { type: string }) => type === "required_reviewers");
  return put(ENVIRONMENT, {
    can_admins_bypass: true,
    deployment_branch_policy,
    ...(review
      ? {
          prevent_self_review: true,
          reviewers: review.reviewers.map(({ type, reviewer: { id } }: any) => ({ type, id })),
        }
      : {}),
  })(scene);
}

const rulesetNamed = (scene: Scene, name: string): Promise<number> =>
  idOf(scene, "/rulesets", (each) => each.name === name);

const RULES: Edit[] = [
  {
    what: "a policy of the environment is deleted",
    resource: "tag-v*",
    make: async (scene) => remove(`${POLICIES}/${await idOf(scene, POLICIES, ({ name }) => name === "v*")}`)(scene),
  },
  {
    what: "a ruleset is switched off",
    resource: "ruleset-main",
    make: async (scene) => put(`/rulesets/${await rulesetNamed(scene, "main")}`, { enforcement: "disabled" })(scene),
  },
  {
    what: "a ruleset is deleted",
    resource: "ruleset-release tags",
    make: async (scene) => remove(`/rulesets/${await rulesetNamed(scene, "release tags")}`)(scene),
  },
];

const EDITS: Edit[] = [
  { what: "a setting is changed", resource: "repository", make: patch("", { has_wiki: true }) },
  { what: "a secret is deleted", resource: "secret-SHARED", make: remove("/actions/secrets/SHARED") },
  {
    what: "a variable is changed",
    resource: "variable-REGION",
    make: patch("/actions/variables/REGION", { value: "us" }),
  },
  { what: "a label is changed", resource: "labels", make: patch("/labels/bug", { color: "000000" }) },
  {
    what: "the job token may write",
    resource: "token",
    make: put("/actions/permissions/workflow", {
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    }),
  },
  {
    what: "all actions are allowed",
    resource: "actions",
    make: put("/actions/permissions", { enabled: true, allowed_actions: "all", sha_pinning_required: false }),
  },
  {
    what: "a webhook is switched on",
    resource: "webhook-off",
    make: async (scene) =>
      patch(`/hooks/${await idOf(scene, "/hooks", () => true)}`, { events: ["release", "issues"] })(scene),
  },
  {
    what: "a deploy key is deleted",
    resource: "key-mirror",
    make: async (scene) => remove(`/keys/${await idOf(scene, "/keys", ({ title }) => title === "mirror")}`)(scene),
  },
  { what: "administrators may pass over an environment", resource: "environment", make: letAdministratorsPass },
  {
    what: "a secret of the environment is deleted",
    resource: "secret-OWN",
    make: remove(`${ENVIRONMENT}/secrets/OWN`),
  },
  {
    what: "a variable of the environment is deleted",
    resource: "variable-LEVEL",
    make: remove(`${ENVIRONMENT}/variables/LEVEL`),
  },
  { what: "Dependabot's fixes are switched off", resource: "fixes", make: remove("/automated-security-fixes") },
];

export const editsFor = ({ declared: { writer } }: Scene): Edit[] => [
  ...EDITS,
  ...RULES,
  ...(writer === undefined
    ? []
    : [
        {
          what: "a person gets more rights",
          resource: "collaborators",
          make: put(`/collaborators/${writer}`, { permission: "maintain" }),
        },
      ]),
];

export const ADDITIONS: Addition[] = [
  { what: "a label", name: "added-label", make: post("/labels", { name: "added-label", color: "00ff00" }) },
  {
    what: "a variable",
    name: "ADDED_VARIABLE",
    make: post("/actions/variables", { name: "ADDED_VARIABLE", value: "x" }),
  },
  {
    what: "a webhook",
    name: "added-hook.example.com",
    make: post("/hooks", {
      config: { url: "https://added-hook.example.com/", content_type: "json" },
      events: ["push"],
      active: false,
    }),
  },
  {
    what: "a deploy key that writes",
    name: "added-key",
    make: (scene) => post("/keys", { title: "added-key", key: newPublicKey(), read_only: false })(scene),
  },
  { what: "an environment", name: "added-environment", make: put("/environments/added-environment", {}) },
  {
    what: "a branch that may deploy",
    name: "added-branch",
    make: post(POLICIES, { name: "added-branch", type: "branch" }),
  },
  {
    what: "a ruleset",
    name: "added-ruleset",
    make: post("/rulesets", {
      name: "added-ruleset",
      target: "branch",
      enforcement: "disabled",
      conditions: { ref_name: { include: ["refs/heads/added"], exclude: [] } },
      rules: [{ type: "deletion" }],
    }),
  },
];
