/** What `script/bench` makes of what it reads. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { endedChildren } from "../bench/cost.ts";
import { programsIn } from "../bench/programs.ts";
import { atMost } from "../bench/statistics.ts";
import { servesAfter, unverified } from "../bench/traffic.ts";

const TRACE = `# tracer: nop
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            bash-4242    [001] ..... 7261.123456: sched_process_exec: filename=/bin/bash pid=4242 old_pid=4242
              jq-4243    [000] ..... 7261.133456: sched_process_exec: filename=/usr/bin/jq pid=4243 old_pid=4243
              jq-4245    [000] ..... 7261.143456: sched_process_exec: filename=/usr/bin/jq pid=4245 old_pid=4245
            bash-4242    [001] ..... 7261.153456: sched_process_fork: comm=bash pid=4242 child_comm=bash child_pid=4246
`;

const ANSWERS = {
  startedAt: "2026-01-01T00:00:00.000Z",
  versionTimeline: [
    [12, "1.0.0"],
    [4500, "1.1.0"],
    [4600, "1.0.0"],
    [4700, "1.1.0"],
  ] as [number, string][],
  byVersion: { "1.0.0": 90, "1.1.0": 10 },
};

test("programs in a trace are counted by name, forks are not", () => {
  expect(Object.entries(programsIn(TRACE))).toEqual([
    ["jq", 2],
    ["bash", 1],
  ]);
});

describe("the processor's time of children", () => {
  test("is read after a name with blanks and parentheses", () => {
    expect(endedChildren("7 (a) b) S 1 7 7 0 -1 4194560 100 200 0 0 11 12 130 20 20 0 1 0")).toBe(1.5);
  });

  test("has a child that ended, and the child of that child", () => {
    const used = () => endedChildren(readFileSync("/proc/self/stat", "utf8"));
    const before = used();
    spawnSync("bash", ["-c", "bash -c 'for ((i = 0; i < 200000; i++)); do :; done'; true"]);
    expect(used()).toBeGreaterThan(before);
  });
});

test("a version serves from its first answer, counted from the command's begin", () => {
  expect(servesAfter(ANSWERS, "1.1.0", Date.parse("2026-01-01T00:00:02.000Z"))).toBe(2.5);
});

test("a version that never answered serves at no time", () => {
  expect(servesAfter(ANSWERS, "1.2.0", 0)).toBeNaN();
});

test("answers by another version than the first one are unverified", () => {
  expect(unverified(ANSWERS)).toBe(10);
  expect(unverified({ ...ANSWERS, byVersion: { "1.0.0": 90 } })).toBe(0);
});

test("a verdict is unknown where nothing was measured, and not met by a number that is none", () => {
  expect([60, 61, null, Number.NaN].map((value) => atMost(60, "programs", value).met)).toEqual([
    true,
    false,
    null,
    false,
  ]);
});
