/** `ci` in Python and Go, with services beside the tests and a Compose file, run by act on this machine. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedFiles } from "../../components/github/repository/generated.ts";
import { Problems } from "../../components/shared/problems.ts";
import { temporaryFolder } from "../support/folder.ts";
import { expectOk, run } from "../support/run.ts";
import { ensureSandbox } from "../support/sandbox.ts";
import { SANDBOX } from "../support/ssh.ts";
import { forAct, type Report, runWorkflow } from "./support/act.ts";
import { Checkout } from "./support/checkout.ts";
import { COMPOSE_PROJECT, FAULTS, files, repository, versions } from "./support/languages.ts";
import { startServices } from "./support/services.ts";

const FOLDER = join(SANDBOX, "tests", "languages");
/** act takes a path with a space for two words, and the checkout may lie below one. */
const ACT = temporaryFolder("act");
const checkout = new Checkout(join(FOLDER, "checkout"));
let stopServices: (() => Promise<void>) | undefined;
let jobs: string[], coverage: string;

const ci = async (): Promise<Report> =>
  runWorkflow(checkout.folder, ACT, {
    workflow: "ci",
    event: "pull_request",
    payload: { pull_request: { number: 1 } },
    // Go's cache would be act's own, and empty.
    machine: { GOCACHE: expectOk(await run("go", ["env", "GOCACHE"])).stdout.trim() },
  });
const left = async (kind: "ps" | "volume"): Promise<string> =>
  expectOk(
    await run("docker", [
      ...(kind === "ps" ? ["ps", "--all"] : ["volume", "ls"]),
      "--quiet",
      "--filter",
      `label=com.docker.compose.project=${COMPOSE_PROJECT}`,
    ]),
  ).stdout;

beforeAll(async () => {
  await ensureSandbox();
  const { python, go } = await versions();
  jobs = ["ci/python lint", `ci/python ${python}`, `ci/go ${go}`, "ci/integration", "ci/quality gate"];
  coverage = join(ACT, "artifacts", `coverage-python-${python}`, "coverage.xml");
  await checkout.create({
    ...(await files()),
    ...forAct(generatedFiles(Problems.ofRepository("languages"), await repository())),
  });
  stopServices = await startServices(join(checkout.folder, ".github/workflows/ci.yml"));
});
afterAll(async () => {
  await stopServices?.();
  await run("docker", ["rmi", `${COMPOSE_PROJECT}-cache`]);
  rmSync(FOLDER, { recursive: true, force: true });
});

const outcome = (result: string): Record<string, string> => Object.fromEntries(jobs.map((job) => [job, result]));

describe("a change", () => {
  it("passes five linters, tests that use a database and a cache, the coverage gate, Go's checks, and a test against a Compose file", async () => {
    const report = await ci();
    expect(report.jobs, report.text).toEqual(outcome("success"));
    for (const said of [
      "All checks passed!",
      "2 files would be left unchanged",
      "rated at 10.00/10",
      "no issues found in 2 source files",
      "4 passed",
      "ok  \texample.org/counter",
    ]) {
      expect(report.text).toContain(said);
    }
    expect(report.text).toMatch(/Required test coverage of 80% reached/);
    expect(existsSync(coverage)).toBe(true);
    expect([await left("ps"), await left("volume")]).toEqual(["", ""]);
  });

  it("with a fault for each of them fails, every linter says its own, and nothing is left running", async () => {
    for (const [path, content] of Object.entries(FAULTS)) checkout.write(path, content);
    await checkout.commit("Faults");
    rmSync(coverage);
    const report = await ci();
    expect(report.jobs, report.text).toEqual(outcome("failure"));
    for (const said of [
      /F401.*`os` imported but unused/,
      /would reformat .*price\.py/,
      /price\.py:3:1: F401/,
      /W0611: Unused import os/,
      /error: Incompatible return value type/,
    ]) {
      expect(report.text).toMatch(said);
    }
    // No test fails.
    expect(report.text).toContain("4 passed");
    expect(report.text).toMatch(/Required test coverage of 80% not reached/);
    expect(existsSync(coverage)).toBe(true);
    expect(report.text).toMatch(/Sprintf format %d reads arg #2/);
    expect(report.text).toContain("Ready to accept connections");
    expect([await left("ps"), await left("volume")]).toEqual(["", ""]);
  });
});
