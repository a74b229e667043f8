/** What `slipway prune` shows of what hosts say. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderPrune } from "../../cli/prune/render.ts";
import {
  type PruneReport,
  parsePrune,
  pruneExitCode,
  pruneJsonSchema,
  pruneReportSchema,
} from "../../cli/prune/report.ts";
import { sizeInWords } from "../../components/shared/size.ts";
import { CHECKOUT } from "../support/run.ts";

const KIB = 1024;
const shop = (more: object = {}) => ({
  host: "web-1",
  ...parsePrune(
    JSON.stringify({
      application: "shop",
      release: "0123456789ab",
      keep: 5,
      removes: [{ kind: "image", name: "ghcr.io/anna/shop@sha256:12", bytes: 90 * KIB * KIB }],
      keeps: [
        { kind: "release", name: "0123456789ab", bytes: 12 * KIB, why: "it serves" },
        { kind: "run", name: "a", bytes: KIB, why: "it is young" },
        { kind: "run", name: "b", bytes: KIB, why: "it is young" },
      ],
      ...more,
    }),
  ),
});
const report = (more: object = {}, unread: PruneReport["unread"] = []): PruneReport => ({
  stack: "prod",
  applications: [shop(more)],
  unread,
});
const text = (one: PruneReport): string => renderPrune(one, (_, words) => words);

describe("a plan", () => {
  it("has a line for what goes, one for what stays of a kind and for one reason, and the sum", () => {
    expect(
      text(report())
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "HOST   APPLICATION           WHAT     NAME                         SIZE    WHY",
      "web-1  shop         removes  image    ghcr.io/anna/shop@sha256:12  90 MiB",
      "web-1  shop         keeps    release  0123456789ab                 12 KiB  it serves",
      "web-1  shop         keeps    run      2 of them                    2 KiB   it is young",
      "shop on web-1: 1 thing, 90 MiB to remove",
      "",
    ]);
    expect(pruneExitCode(report())).toBe(0);
  });
  it("of which nothing goes says so", () =>
    expect(text(report({ removes: [] }))).toContain("shop on web-1: there is nothing to remove\n"));
  it("tells of a host that cannot be asked, and ends with 1", () => {
    const one = report({}, [{ host: "web-2", problem: "connect ECONNREFUSED" }]);
    expect(text(one)).toContain("web-2: connect ECONNREFUSED\n");
    expect(pruneExitCode(one)).toBe(1);
  });
});

describe("a prune", () => {
  const gone = { removed: [{ kind: "release", name: "0123456789aa", bytes: 8 * KIB }] };
  it("tells what is gone, and ends with 1 where something was to go and stays", () => {
    expect(text(report({ ...gone, removes: [] }))).toContain("shop on web-1: 1 thing, 8 KiB removed\n");
    expect(pruneExitCode(report({ ...gone, removes: [] }))).toBe(0);
    expect(text(report(gone))).toContain("1 thing, 8 KiB removed; 1 thing, 90 MiB could not be removed\n");
    expect(pruneExitCode(report(gone))).toBe(1);
  });
});

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [10 * KIB ** 3, "10 GiB"],
])("%i bytes are %s", (bytes, words) => expect(sizeInWords(bytes)).toBe(words));

it("what --json prints fits its schema, which is published as it is", () => {
  expect(pruneReportSchema.parse(report())).toBeTruthy();
  const published: unknown = JSON.parse(readFileSync(`${CHECKOUT}/docs/prune.schema.json`, "utf8"));
  expect(published, "node cli/hosts/writeSchema.ts").toEqual(pruneJsonSchema());
});
