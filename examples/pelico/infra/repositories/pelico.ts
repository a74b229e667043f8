import { defineRepository } from "@slipway-sample/slipway";

/** Checked on GitHub; deployed by the hooks of whoever pushes, as the machine at home is reached from there alone. */
export default defineRepository({
  name: "pelico",
  stack: "prod",
  preset: "solo",
  protection: "none", // a push to main deploys: there is no pull request in between
  description: "A list of games",
  topics: ["go", "homelab", "sqlite"],
  workflows: { ci: { go: { versions: ["1.26"] }, push: ["**"] }, security: { upload: false } },
  community: { dependabot: { ecosystems: { gomod: ["/"], docker: ["/"] }, interval: "daily" } },
});
