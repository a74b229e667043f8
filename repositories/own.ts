import { defineRepository } from "../components/github/repository/spec.ts";

/** This project itself. Its files are written by `node cli/slipway.ts files`; a test checks that they are up to date. */
export default defineRepository({
  name: "slipway-sample/slipway",
  stack: "none",
  workflows: {
    ci: { commands: { test: { run: "script/test --yes", minutes: 60 } } },
    release: {
      package: {
        // The version that is released is the one that the package says it is.
        run: 'npm ci --ignore-scripts && npm rebuild node && test "$(npm pkg get version)" = "\\"$VERSION\\"" && npm pack',
        files: "*.tgz",
        node: "24",
      },
    },
    security: { codeql: ["javascript-typescript", "go"] },
  },
  community: {
    dependabot: {
      ecosystems: {
        npm: ["/"],
        gomod: [
          "/examples/pelico",
          "/sandbox/shop",
          "/toolchain/go/*",
          "/toolchain/language-host",
          "/toolchain/plugins",
        ],
      },
    },
    pullRequestTemplate: true,
  },
});
