import { defineRepository } from "@slipway-sample/slipway";

const leads = { teams: ["leads"] };

/** git-flow: develop runs in dev; a release's tag is approved into staging, and then, the same image, into prod. */
export default defineRepository({
  name: "womsoft/server",
  key: "womsoft",
  stack: "prod",
  description: "Which machines a licence is activated on",
  branches: "gitflow",
  workflows: {
    branches: "gitflow",
    state: "s3",
    ci: {
      python: {
        versions: ["3.11"],
        requirements: ["requirements-dev.txt"],
        linters: ["flake8", "pylint", "black"],
        coverage: 80,
      },
      services: { postgres: "postgres:15" },
      integration: { compose: "docker-compose.yml", run: "python3 tests/smoke.py http://127.0.0.1:8000" },
    },
    build: { images: [{ name: "server", image: "ghcr.io/womsoft/server" }] },
    security: { upload: false },
    preview: { environments: ["dev"], program: "infra" },
    deploy: {
      application: "womsoft",
      program: "infra",
      environments: {
        dev: { on: "develop", url: "https://dev.womsoft.example.com" },
        staging: { on: "tag", url: "https://staging.womsoft.example.com" },
        prod: {
          on: "tag",
          after: "staging",
          window: { days: [1, 2, 3, 4], from: "08:00", until: "15:00" },
          url: "https://womsoft.example.com",
        },
      },
    },
    rollback: true,
    release: true,
  },
  community: { dependabot: { ecosystems: { pip: ["/"], docker: ["/"], npm: ["/infra"] } }, security: {} },
  variables: { PULUMI_BACKEND_URL: "s3://womsoft-state", AWS_REGION: "eu-central-1" },
  environments: {
    dev: { deployKey: true, host: "dev-1" },
    staging: { deployKey: true, host: "staging-1", reviewers: leads },
    prod: { deployKey: true, host: "web-1", reviewers: leads },
  },
});
