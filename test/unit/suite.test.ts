/** The suite itself: every test is run, no two at the same time share a host, and its end tells what it took. */
import { globSync, readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { describe, expect, test } from "vitest";
import type { TestProjectInlineConfiguration } from "vitest/config";
import config from "../../vitest.config.ts";
import { HOSTS, numbersOf, WORKERS } from "../support/hosts.ts";
import { LONG, rank } from "../support/sequence.ts";
import { report } from "../support/times.ts";

const files = globSync("test/**/*.test.ts");
const projects = (config.test!.projects as TestProjectInlineConfiguration[]).map(({ test }) => test!);

describe("vitest.config.ts", () => {
  test("has every test in the one project of its folder", () => {
    const having = (file: string) =>
      projects.filter(({ include }) => include!.some((glob) => matchesGlob(file, glob))).map(({ name }) => name);
    expect(files.filter((file) => having(file).join() !== file.split("/")[1])).toEqual([]);
  });

  test("has no more workers for tests on hosts than there are hosts for", () => {
    const slow = projects.filter(({ sequence }) => sequence?.groupOrder === 1);
    expect(slow.map(({ name }) => name)).toEqual(expect.arrayContaining(["host", "e2e", "pipelines", "systems"]));
    for (const { name, maxWorkers } of slow) expect(maxWorkers, String(name)).toBe(WORKERS);
  });
});

test("no file of a project whose files share their modules replaces one", () => {
  const sharing = projects.filter(({ isolate }) => isolate === false).map(({ name }) => String(name));
  expect(sharing).toEqual(["unit"]);
  const replacing = globSync(`test/{${sharing.join()},support}/**/*.ts`).filter((file) =>
    /\bvi\.(mock|doMock|resetModules)\(/.test(readFileSync(file, "utf8")),
  );
  expect(replacing).toEqual([]);
});

describe("hosts", () => {
  test("belong to one worker each", () => {
    const numbers = Array.from({ length: WORKERS }, (_, index) => numbersOf(index + 1)).flat();
    expect(numbers).toEqual(Array.from({ length: HOSTS }, (_, index) => index + 1));
  });

  test("are named by their number in no test", () => {
    const named = globSync("test/{host,e2e,pipelines,systems}/**/*.ts").filter((file) =>
      /\bhost\(\d+\)|\bhost-\d+|\bHOSTS? = [[{]?[^\n]*\b\d/.test(readFileSync(file, "utf8")),
    );
    expect(named).toEqual([]);
  });
});

describe("the order of files", () => {
  const spec = (groupOrder: number, file: string) =>
    ({ moduleId: `/checkout/test/${file}.test.ts`, project: { config: { sequence: { groupOrder } } } }) as Parameters<
      typeof rank
    >[0][number];

  test("names files that exist", () => {
    expect(files).toEqual(expect.arrayContaining(LONG.map((file) => `test/${file}.test.ts`)));
  });

  test("is by group, then by what takes longest, then as it was", () => {
    const [quick, short, brief] = [spec(0, "unit/b"), spec(1, "host/a"), spec(1, "host/b")];
    const [longest, long] = [spec(1, LONG[0]!), spec(1, LONG[1]!)];
    expect(rank([short, long, brief, longest, quick])).toEqual([quick, longest, long, short, brief]);
  });
});

describe("what the tests took", () => {
  const run = { files: "12.5 test/e2e/a.test.ts\n300.0 test/host/b.test.ts\n1.0 test/unit/c.test.ts\n", prepared: 30 };

  test("is one line without --times", () => {
    expect(report({ ...run, all: true, times: false, seconds: 1080 })).toEqual([
      "everything took 18.0 minutes, 0.5 minutes of them before the first test; it may take 25 minutes warm",
    ]);
  });

  test("is told of each slow file with --times, the slowest first", () => {
    expect(report({ ...run, all: false, times: true, seconds: 90 })).toEqual([
      "  300.0 s  test/host/b.test.ts",
      "   12.5 s  test/e2e/a.test.ts",
      "this took 1.5 minutes, 0.5 minutes of them before the first test",
    ]);
  });

  test("is said to be above the budget when it is", () => {
    expect(report({ ...run, all: true, times: false, seconds: 1501 }).slice(1)).toEqual([
      "ABOVE ITS BUDGET: everything took 25.0 minutes instead of 25",
      "`script/test --times` tells which files are slow",
    ]);
  });

  test("may be more where things had to be built first", () => {
    expect(report({ ...run, prepared: 900, all: true, times: false, seconds: 2300 })).toEqual([
      "everything took 38.3 minutes, 15.0 minutes of them before the first test; it may take 50 minutes cold",
    ]);
  });
});
