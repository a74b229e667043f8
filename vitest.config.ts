import { defineConfig } from "vitest/config";

/** One project per kind of test. */
const project = (name: string, include: string[], slow = false) => ({
  test: {
    name,
    include,
    ...(slow
      ? { testTimeout: 900_000, hookTimeout: 900_000, fileParallelism: false, maxWorkers: 1 }
      : { testTimeout: 30_000, hookTimeout: 30_000 }),
  },
});

const endToEnd = (...files: string[]) => files.map((file) => `test/e2e/${file}.test.ts`);

export default defineConfig({
  test: {
    projects: [
      project("unit", ["test/unit/**/*.test.ts"]),
      project("components", ["test/components/**/*.test.ts"]),
      project("github", ["test/sandbox/**/*.test.ts"]),
      project("conformance", ["test/conformance/**/*.test.ts"], true),
      project("workflows", ["test/workflows/**/*.test.ts"], true),
      project("pipelines", ["test/pipelines/**/*.test.ts"], true),
      project("host", ["test/host/**/*.test.ts"], true),
      // Lanes that share no host, so that they can run side by side.
      project("rollouts", endToEnd("rolling", "recreate", "build", "routes"), true),
      project("faults", endToEnd("faults", "locks", "hosts"), true),
      project(
        "repositories",
        endToEnd(
          "repository",
          "repositoryDrift",
          "repositoryAdopt",
          "repositoryLife",
          "repositoryFaults",
          "repositorySecrets",
          "repositoryInput",
          "repositoryOff",
        ),
        true,
      ),
      project(
        "state",
        endToEnd("drift", "rollback", "secrets", "hostile", "stable", "compose", "broken", "takeover"),
        true,
      ),
    ],
  },
});
