import { defineConfig } from "vitest/config";

/** One project per kind of test; `script/test` runs them in this order. */
const project = (name: string, include: string[], slow = false) => ({
  test: {
    name,
    include,
    ...(slow ? { testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false, maxWorkers: 1 } : { testTimeout: 30_000, hookTimeout: 30_000 }),
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", ["test/unit/**/*.test.ts"]),
      project("components", ["test/components/**/*.test.ts"]),
      project("conformance", ["test/conformance/**/*.test.ts"], true),
      project("host", ["test/host/**/*.test.ts"], true),
      project("e2e", ["test/e2e/**/*.test.ts"], true),
    ],
  },
});
