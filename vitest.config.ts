import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { defineConfig } from "vitest/config";
import { WORKERS } from "./test/support/hosts.ts";
import { LongestFirst } from "./test/support/sequence.ts";

/**
 * Each folder of tests is a project. The files of `unit` share their worker's modules, which makes them quick; what replaces
 * a module, and what runs scripts and commands for longer, is in `programs`.
 */
const QUICK = ["unit", "components", "programs", "sandbox"];
/** On real parts, side by side: no two that run at the same time have a host in common (test/support/hosts.ts). */
const SLOW = ["workflows", "conformance", "host", "e2e", "pipelines", "systems", "exhaustive"];

const stray = globSync("test/**/*.test.ts").filter((file) => ![...QUICK, ...SLOW].includes(file.split(sep)[1] ?? ""));
if (stray.length > 0) throw new Error(`no project of vitest.config.ts has ${stray.join(", ")}`);

/** Programs of examples/ import the library by the package's name, as those of users do. */
const { name: library } = JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8"));
const resolve = { alias: { [library]: join(import.meta.dirname, "components/library.ts") } };

const include = (name: string): string[] => [`test/${name}/**/*.test.ts`];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      ...QUICK.map((name) => ({
        resolve,
        test: {
          name,
          include: include(name),
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: availableParallelism(),
          isolate: name !== "unit",
        },
      })),
      ...SLOW.map((name) => ({
        resolve,
        test: {
          name,
          include: include(name),
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
          globalSetup: "test/support/built.ts",
          // What a program said stands whole in the report of a failure.
          chaiConfig: { truncateThreshold: 0 },
        },
      })),
    ],
  },
});
