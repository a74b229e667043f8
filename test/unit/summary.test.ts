import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { closingLine, type Report, summarise } from "../support/reports.ts";

const all = temporaryFolder("summary");

interface Test {
  name: string;
  failure?: string;
}

const file = (name: string, tests: Test[], message = ""): Report["testResults"][number] => ({
  name: join(process.cwd(), name),
  status: message !== "" || tests.some(({ failure }) => failure !== undefined) ? "failed" : "passed",
  message,
  assertionResults: tests.map(({ name: fullName, failure }) => ({
    fullName,
    status: failure === undefined ? "passed" : "failed",
    failureMessages: failure === undefined ? [] : [failure],
  })),
});

/** A folder with a report for each project; other files by their names. */
function reports(projects: Record<string, Report["testResults"]>, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(all, "run-"));
  for (const [project, testResults] of Object.entries(projects)) {
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const numPassedTests = tests.filter(({ status }) => status === "passed").length;
    const report: Report = { numPassedTests, numPendingTests: project === "host" ? 2 : 0, testResults };
    writeFileSync(join(folder, `${project}.json`), JSON.stringify(report));
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const run = (folder: string, ...projects: string[]): [string, number | null] => {
  const { stdout, status } = spawnSync(process.execPath, ["test/support/summary.ts", folder, ...projects], {
    encoding: "utf8",
  });
  return [stdout, status];
};

const GOOD = file("test/unit/a.test.ts", [{ name: "a holds" }, { name: "b holds" }]);

describe("the summary of a run", () => {
  test("adds up what passed and was skipped in all projects", () => {
    const folder = reports({ unit: [GOOD], host: [GOOD] });
    expect(summarise(folder, ["unit", "host"])).toEqual({ passed: 4, skipped: 2, failures: [] });
    expect(run(folder, "unit", "host")).toEqual(["4 passed, 0 failed, 2 skipped\n", 0]);
    expect(run(folder, "unit")).toEqual(["2 passed, 0 failed\n", 0]);
  });

  test("counts as many failures as it names, each with its file, name and message", () => {
    const bad = file("test/unit/b.test.ts", [{ name: "a holds" }, { name: "b fails", failure: "expected 1\nto be 2" }]);
    const folder = reports({ unit: [GOOD, bad], host: [bad] });
    expect(run(folder, "unit", "host")).toEqual([
      [
        ...["", ""].map(() => "FAILED  test/unit/b.test.ts: b fails\n    expected 1\n    to be 2"),
        "4 passed, 2 failed, 2 skipped",
        "",
      ].join("\n"),
      1,
    ]);
  });

  test("counts a file that could not be loaded, and one whose set-up failed before its tests", () => {
    const set = file("test/unit/d.test.ts", [{ name: "a holds" }], "beforeAll: no host");
    const folder = reports({ unit: [file("test/unit/c.test.ts", [], "cannot find module x"), set] });
    expect(summarise(folder, ["unit"]).failures).toEqual([
      "test/unit/c.test.ts\n    cannot find module x",
      "test/unit/d.test.ts\n    beforeAll: no host",
    ]);
  });

  test("counts a project that ended without a report, or with half of one", () => {
    const folder = reports({ unit: [GOOD] }, { "host.json": '{"numPassedTests": 3' });
    expect(summarise(folder, ["unit", "components", "host"])).toEqual({
      passed: 2,
      skipped: 0,
      failures: ["the project components ended without a report", "the project host ended without a report"],
    });
  });

  test("counts and names each program beside the tests that failed", () => {
    const failed = { failed: "script/lint\ntsc\nvitest\n" };
    const named = ["script/lint", "tsc"].map((program) => `${program} ended with an error: see what it printed above`);
    const bad = file("test/unit/b.test.ts", [{ name: "b fails", failure: "x" }]);
    expect(summarise(reports({ unit: [bad] }, failed), ["unit"]).failures).toEqual([
      "test/unit/b.test.ts: b fails\n    x",
      ...named,
    ]);
    expect(run(reports({ unit: [GOOD] }, failed), "unit")).toMatchObject({ 1: 1 });
  });

  test("counts vitest where it failed outside of a test, and not beside a test that did", () => {
    const failed = { failed: "vitest\n" };
    expect(closingLine(summarise(reports({ unit: [GOOD] }, failed), ["unit"]))).toBe("2 passed, 1 failed");
    const bad = file("test/unit/b.test.ts", [{ name: "b fails", failure: "x" }]);
    expect(closingLine(summarise(reports({ unit: [bad] }, failed), ["unit"]))).toBe("0 passed, 1 failed");
  });

  test("is no success when nothing ran", () => {
    expect(run(reports({ unit: [] }), "unit")).toEqual(["0 passed, 0 failed\n", 1]);
  });

  test("keeps the end of a long line, where a program says how it ended", () => {
    const failure = `expected '${"step ".repeat(2000)}NOTHING SERVES' to match /reverted/`;
    const folder = reports({ unit: [file("test/unit/b.test.ts", [{ name: "b fails", failure }])] });
    const [text] = summarise(folder, ["unit"]).failures;
    expect(text).toMatch(/^test.*\n {4}expected 'step .* … .*NOTHING SERVES' to match \/reverted\/$/);
    expect(text!.length).toBeLessThan(7000);
  });

  test("leaves out the frames of libraries, and what goes beyond 40 lines", () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    const failure = ["x", "    at f (/p/node_modules/y.js:1:1)", "    at node:internal/z", ...lines].join("\n");
    const folder = reports({ unit: [file("test/unit/b.test.ts", [{ name: "b fails", failure }])] });
    const [text] = summarise(folder, ["unit"]).failures;
    expect(text!.split("\n").slice(1)).toEqual(["    x", ...lines.slice(0, 39).map((line) => `    ${line}`), "    …"]);
  });
});
