/** Declarations that say all that there is to say, and the values that they need. */
import type { RepositorySpec } from "../../../components/github/repository/spec.ts";

export const DEPLOY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX";

/** With rulesets; its files go straight to the branch, as the token's owner may pass. */
export const FULL: RepositorySpec = {
  name: "shop",
  stack: "dev",
  description: "The shop",
  homepage: "https://shop.example.com",
  topics: ["sample", "compose"],
  template: true,
  features: { issues: true, wiki: true, projects: true, discussions: true },
  merge: {
    squash: true,
    mergeCommit: true,
    rebase: false,
    autoMerge: false,
    deleteBranch: true,
    updateBranch: false,
    squashTitle: "COMMIT_OR_PR_TITLE",
    squashMessage: "BLANK",
  },
  security: { advancedSecurity: true, secretScanning: true, pushProtection: true, alerts: true, fixes: true },
  branches: "gitflow",
  rules: { reviews: { required: 2 } },
  bypass: { users: ["ada"], mode: "always" },
  tags: ["v*", "release-*"],
  actions: { allowed: "selected", verified: true, patterns: ["docker/*@*"], token: "read", approve: true },
  labels: [
    { name: "bug", color: "d73a4a", description: "Does not work" },
    { name: "later", color: "ffffff" },
  ],
  webhooks: {
    ci: { url: "https://ci.example.com/hook", events: ["release", "push"], secret: "HOOK", contentType: "form" },
    log: { url: "https://log.example.com/", events: ["issues"], active: false },
  },
  // No less than what their team gives: GitHub tells only the most that somebody has.
  collaborators: { grace: "maintain", alan: "admin" },
  teams: { reviewers: "push" },
  deployKeys: { mirror: { key: `${DEPLOY_KEY} mirror@example.com` } },
  secrets: ["API_TOKEN", "LINES"],
  variables: { REGION: "eu", SHORT: "x" },
  environments: {
    dev: { branches: ["main", "develop"], deployKey: true, variables: { LEVEL: "debug" } },
    prod: {
      name: "production/eu",
      tags: ["v*"],
      reviewers: { users: ["grace"], teams: ["reviewers"] },
      waitTimer: 30,
      deployKey: true,
      secrets: ["DATABASE_URL"],
    },
  },
  workflows: {
    ci: { go: { versions: ["1.26"] } },
    build: { images: [{ name: "shop", image: "ghcr.io/harbour/shop" }] },
    deploy: { application: "shop", environments: { dev: { on: "develop" }, prod: { on: "tag" } } },
    security: { upload: false },
  },
  community: { dependabot: true, codeowners: { "*": ["@grace"] }, security: {}, pullRequestTemplate: true },
  files: { content: { "docs/hello.txt": "Grüße\n" }, message: "Written by a program" },
};

/** With rulesets and classic protection at once; its files go through a pull request. */
export const PULLED: RepositorySpec = {
  name: "blog",
  stack: "dev",
  protection: "both",
  checks: ["lint", "test"],
  bypass: { users: ["grace"], teams: ["reviewers"] },
  files: { content: { "docs/hello.txt": "Hello\n" } },
  workflows: { ci: { commands: { lint: "make lint" } } },
  actions: false,
  teams: { reviewers: "push" },
};

/** Of the whole repository: a webhook's, and two secrets'. */
export const VALUES = { HOOK: "hook-value", API_TOKEN: "api-value", LINES: "one\ntwo\n$three 'four' \"five\"\n" };
