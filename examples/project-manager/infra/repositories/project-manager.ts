import { defineRepository } from "@slipway-sample/slipway";

/** What is merged to main comes to staging by itself, and to production once somebody approves. */
export default defineRepository({
  name: "gpt153/project-manager",
  stack: "production",
  description: "Projects and what becomes of them, by an API, a chat and GitHub's webhooks",
  workflows: {
    state: "s3",
    ci: {
      python: {
        versions: ["3.11"],
        requirements: ["requirements-dev.txt"],
        linters: ["ruff", "black", "mypy"],
        coverage: 60,
      },
      services: { postgres: "postgres:15", redis: "redis:7" },
      push: ["**"],
    },
    build: { images: [{ name: "app", image: "ghcr.io/gpt153/project-manager" }] },
    frontend: { node: "20" },
    security: { upload: false },
    deploy: {
      application: "project-manager",
      program: "infra",
      environments: {
        staging: { on: "main", url: "https://staging.projects.example.com" },
        production: { on: "main", after: "staging", url: "https://projects.example.com" },
      },
    },
    rollback: true,
    release: true,
  },
  community: {
    dependabot: { ecosystems: { pip: ["/"], docker: ["/"], npm: ["/frontend", "/infra"] } },
    security: {},
    pullRequestTemplate: true,
  },
  variables: { PULUMI_BACKEND_URL: "s3://project-manager-state", AWS_REGION: "eu-central-1" },
  environments: {
    staging: { deployKey: true, host: "staging-1" },
    production: { deployKey: true, host: "web-1", reviewers: { users: ["gpt153"] } },
  },
});
