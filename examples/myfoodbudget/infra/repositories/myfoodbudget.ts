import { defineRepository } from "@slipway-sample/slipway";

export default defineRepository({
  name: "myfoodbudget",
  stack: "prod",
  preset: "solo",
  description: "What a household spends on food",
  workflows: {
    // The laptop in the cupboard is not on the internet: a machine beside it runs the jobs that reach it.
    runner: { deploy: ["self-hosted", "homelab"] },
    ci: {
      python: {
        versions: ["3.9", "3.10", "3.11"],
        requirements: ["requirements-dev.txt"],
        linters: ["black", "flake8"],
        coverage: 80,
        pytest: "-n auto",
      },
      commands: { safety: "pip install --requirement requirements-dev.txt && safety check --file requirements.txt" },
    },
    build: { images: [{ name: "myfoodbudget", image: "ghcr.io/anna/myfoodbudget" }] },
    security: { upload: false },
    deploy: { application: "myfoodbudget", program: "infra", environments: { prod: { on: "main" } } },
    rollback: true,
  },
  community: { dependabot: { ecosystems: { pip: ["/"], docker: ["/"], npm: ["/infra"] } }, security: {} },
  environments: { prod: { deployKey: true, host: "laptop" } },
});
