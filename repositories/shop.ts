import { defineRepository } from "../components/repository/spec.ts";

/** The sample application's repository: `prod` owns it, each stack deploys through an environment of its own. */
export default defineRepository({
  name: "shop",
  stack: "prod",
  description: "The sample application",
  branches: "trunk",
  checks: ["quality gate"],
  environments: {
    dev: { branches: ["main"] },
    prod: { tags: ["v*"], reviewers: { teams: ["reviewers"] } },
  },
});
