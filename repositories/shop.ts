import { defineRepository } from "../components/github/repository/spec.ts";

/** The sample application's repository: from a commit to a verified deployment. */
export default defineRepository({
  name: "shop",
  stack: "dev",
  description: "The sample application",
  topics: ["sample", "slipway"],
  workflows: {
    ci: { go: { versions: ["1.26"] } },
    build: { images: [{ name: "shop", image: "ghcr.io/harbour/shop" }] },
    security: { upload: false },
    preview: { environments: ["dev"] },
    deploy: { application: "shop" },
    rollback: true,
    release: true,
  },
  community: { dependabot: { ecosystems: { gomod: ["/"], docker: ["/"] } }, security: {}, pullRequestTemplate: true },
  // For previews, which run outside any environment; it opens only the stack dev.
  secrets: ["PULUMI_CONFIG_PASSPHRASE"],
  variables: { PULUMI_BACKEND_URL: "s3://harbour-state" },
  environments: {
    dev: { branches: ["main"], deployKey: true, host: "host-1" },
    prod: { tags: ["v*"], reviewers: { teams: ["reviewers"] }, secrets: ["PULUMI_CONFIG_PASSPHRASE"], deployKey: true },
  },
});
