/** What GitHub should answer for everything that the check declares. */
import { filesByPackage } from "../support/built.ts";
import { descriptionOf, STACK } from "./declaration.ts";
import type { Scene } from "./scene.ts";

export interface Expectation {
  what: string;
  path: string;
  value: unknown;
  /** What of the answer is compared; by default all of it. */
  pick?: (body: any) => unknown;
}

const sorted = (values: string[]): string[] => values.toSorted((a, b) => a.localeCompare(b));
const named = (list: any[], ...fields: string[]): string[] =>
  sorted(
    list.map((each) =>
      fields
        .map((field) => String(each[field] ?? ""))
        .join(" ")
        .trim(),
    ),
  );

/** The files that a checkout would get. */
export const filesOf = async ({ spec, declared }: Scene): Promise<Record<string, string>> => ({
  ...spec.files?.content,
  ...(await filesByPackage(declared.marker, spec)),
});

const settings = ({ declared: { marker, visibility } }: Scene): object => ({
  name: marker,
  description: descriptionOf(marker),
  homepage: "https://example.com/",
  visibility,
  archived: false,
  default_branch: "main",
  has_issues: true,
  has_wiki: false,
  has_projects: false,
  has_discussions: false,
  allow_squash_merge: true,
  allow_merge_commit: false,
  allow_rebase_merge: false,
  allow_auto_merge: false,
  allow_update_branch: true,
  delete_branch_on_merge: true,
  squash_merge_commit_title: "PR_TITLE",
  squash_merge_commit_message: "PR_BODY",
});

export function expectations(scene: Scene): Expectation[] {
  const { declared, features } = scene;
  const environment = `/environments/${STACK}`;
  return [
    { what: "settings", path: "", value: settings(scene) },
    { what: "topics", path: "/topics", value: ["check", "slipway"], pick: ({ names }) => sorted(names) },
    { what: "Dependabot's fixes", path: "/automated-security-fixes", value: { enabled: true } },
    {
      what: "what workflows may use",
      path: "/actions/permissions",
      value: { enabled: true, allowed_actions: "selected", sha_pinning_required: true },
    },
    {
      what: "the job token",
      path: "/actions/permissions/workflow",
      value: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
    },
    {
      what: "labels, and no others",
      path: "/labels",
      value: ["bug d73a4a Does not work", "later ffffff"],
      pick: (list) => named(list, "name", "color", "description"),
    },
    {
      what: "the webhook",
      path: "/hooks",
      value: [
        { active: false, events: ["release"], config: { url: "https://example.com/hook", content_type: "json" } },
      ],
    },
    {
      what: "the deploy key",
      path: "/keys",
      value: [{ title: "mirror", key: declared.deployKey, read_only: true }],
    },
    {
      what: "secrets, by name",
      path: "/actions/secrets",
      value: ["SHARED"],
      pick: ({ secrets }) => named(secrets, "name"),
    },
    {
      what: "variables",
      path: "/actions/variables",
      value: ["REGION eu"],
      pick: ({ variables }) => named(variables, "name", "value"),
    },
    {
      what: "the environment's protection",
      path: environment,
      value: {
        can_admins_bypass: false,
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      },
    },
    {
      what: "tags that may deploy",
      path: `${environment}/deployment-branch-policies`,
      value: ["v* tag"],
      pick: ({ branch_policies }: any) => named(branch_policies, "name", "type"),
    },
    {
      what: "the environment's secrets, by name",
      path: `${environment}/secrets`,
      value: ["OWN", "SSH_PRIVATE_KEY"],
      pick: ({ secrets }) => named(secrets, "name"),
    },
    {
      what: "the environment's variables",
      path: `${environment}/variables`,
      value: ["LEVEL info"],
      pick: ({ variables }) => named(variables, "name", "value"),
    },
    ...(features.reviewers ? [reviewers(scene)] : []),
    ...(declared.writer === undefined
      ? []
      : [
          {
            what: "people",
            path: "/collaborators?affiliation=direct",
            value: [`${declared.writer} write`],
            pick: (list: any[]) =>
              named(list, "login", "role_name").filter((each) => !each.startsWith(`${declared.administrator} `)),
          },
        ]),
  ];
}

const reviewers = ({ declared: { administrator, writer } }: Scene): Expectation => ({
  what: "the environment's reviewers",
  path: `/environments/${STACK}`,
  value: {
    prevent_self_review: true,
    logins: sorted(writer === undefined ? [administrator] : [administrator, writer]),
  },
  pick: ({ protection_rules }) => {
    const rule = protection_rules.find(({ type }: { type: string }) => type === "required_reviewers");
    const logins = sorted((rule?.reviewers ?? []).map(({ reviewer }: any) => reviewer.login));
    return { prevent_self_review: rule?.prevent_self_review, logins };
  },
});

/** Rules of each ruleset by its name, with what the check depends on. */
export const RULESETS: Record<string, object> = {
  main: {
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules: ["deletion", "non_fast_forward", "pull_request", "required_linear_history", "required_status_checks"],
  },
  "release tags": {
    target: "tag",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
    rules: ["deletion", "non_fast_forward", "update"],
  },
};
