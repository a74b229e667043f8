import { defineRepository } from "../components/github/repository/spec.ts";

/** The sample application's repository: from a commit to a verified deployment. */
export default defineRepository({
  name: "shop",
  stack: "dev",
  description: "The sample application",
  topics: ["sample", "slipway"],
  workflows: {
    state: "s3",
    oidc: true,
    ci: { go: { versions: ["1.26"] } },
    build: { images: [{ name: "shop", image: "ghcr.io/harbour/shop" }] },
    security: { upload: false },
    preview: { environments: ["dev"] },
    deploy: { application: "shop" },
    rollback: true,
    release: true,
  },
  community: { dependabot: { ecosystems: { gomod: ["/"], docker: ["/"] } }, security: {}, pullRequestTemplate: true },
  variables: { PULUMI_BACKEND_URL: "s3://harbour-state", AWS_REGION: "eu-central-1" },
  environments: {
    dev: {
      deployKey: true,
      host: "host-1",
      variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/shop-dev" },
      // What a pull request brings may read the state, not write it.
      preview: { variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/shop-dev-read" } },
    },
    prod: {
      deployKey: true,
      reviewers: { teams: ["reviewers"] },
      variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/shop-prod" },
    },
  },
});
