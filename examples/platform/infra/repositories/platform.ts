import { defineRepository } from "@slipway-sample/slipway";

const images = ["backend", "frontend", "server"].map((name) => ({
  name,
  image: `ghcr.io/acme/platform-${name}`,
  context: name,
}));

/** From a pull request to production; `pulumi up` in dev owns the repository. */
export default defineRepository({
  name: "platform",
  stack: "dev",
  workflows: {
    state: "s3",
    oidc: true,
    ci: {
      python: {
        versions: ["3.11", "3.12"],
        directory: "backend",
        requirements: ["requirements.txt", "requirements-dev.txt"],
        linters: ["black", "flake8"],
        coverage: 70,
      },
      node: { versions: ["24"], directory: "frontend" },
      integration: {
        compose: "tests/integration/docker-compose.integration.yml",
        run: "docker compose -f tests/integration/docker-compose.integration.yml run --rm tests",
      },
      commands: {
        server: "cd server && pip install -r requirements.txt -r requirements-dev.txt && python3 -m pytest",
        yaml: "pipx run yamllint==1.37.1 --strict -d '{extends: relaxed, rules: {line-length: {max: 140}}}' .",
      },
    },
    build: { images, platforms: "linux/amd64,linux/arm64" },
    security: { codeql: ["python", "javascript-typescript"], upload: true },
    preview: { environments: ["dev"], program: "infra" },
    deploy: {
      application: "platform",
      program: "infra",
      environments: { dev: { on: "main" }, test: { on: "release/*" }, prod: { on: "tag" } },
    },
    rollback: true,
    release: { changelog: true },
  },
  actions: { approve: true }, // of the pull request with the changelog
  community: {
    dependabot: {
      ecosystems: { pip: ["/backend", "/server"], npm: ["/frontend"], docker: ["/backend", "/frontend", "/server"] },
    },
    codeowners: { "*": ["@acme/developers"], "/infra/": ["@acme/operations"] },
    security: {},
    pullRequestTemplate: true,
  },
  variables: { PULUMI_BACKEND_URL: "s3://acme-state", AWS_REGION: "eu-central-1" },
  environments: {
    dev: {
      deployKey: true,
      host: "dev-1",
      variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/platform-dev" },
      preview: { variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/platform-dev-read" } },
    },
    test: {
      deployKey: true,
      host: "test-1",
      variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/platform-test" },
    },
    prod: {
      deployKey: true,
      host: "prod-1",
      tags: ["v*"],
      reviewers: { teams: ["operations"] },
      variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/platform-prod" },
    },
  },
});
