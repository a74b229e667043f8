/** What `slipway history` makes of ledgers. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newest, readLedger, whoOf } from "../../cli/history/ledger.ts";
import {
  type HistoryReport,
  historyExitCode,
  historyJsonSchema,
  historyReportSchema,
  renderHistory,
} from "../../cli/history/report.ts";
import { CHECKOUT } from "../support/run.ts";

const line = (more: object = {}): string =>
  JSON.stringify({
    time: "2026-11-28T02:21:01Z",
    action: "deploy",
    result: "confirmed",
    release: "0123456789ab",
    version: "1.4.0",
    by: "2026-11-28T02:20:00Z anna@laptop 3f2c",
    run: "x",
    steps: { pull: 60.5, start: 4.6 },
    ...more,
  });
const report = (more: Partial<HistoryReport> = {}): HistoryReport => ({
  stack: "prod",
  entries: readLedger("web-1", "shop", line()).entries,
  damaged: [],
  unread: [],
  ...more,
});
const text = (more: Partial<HistoryReport> = {}): string => renderHistory(report(more), (_, one) => one);

describe("a ledger", () => {
  it("is read line by line; what is none of its lines is counted, and hides no other", () => {
    const { entries, damaged } = readLedger(
      "web-1",
      "shop",
      `${line()}\nhalf a li\n{"time": 1}\n${line({ version: "1.5.0" })}\n`,
    );
    expect([entries.map(({ version }) => version), damaged]).toEqual([["1.4.0", "1.5.0"], 2]);
    expect(entries[0]).toMatchObject({ host: "web-1", application: "shop", who: "anna@laptop", seconds: 65.1 });
  });

  it.each([
    ["2026-11-28T02:20:00Z anna@laptop 3f2c", "anna@laptop"],
    ["2026-11-28T02:20:00Z anna@github 3f2c https://github.com/anna/shop/actions/runs/7", "anna@github"],
    ["by hand: deploy 2026-11-28T02:20:00Z", "deploy, by hand"],
    ["destroy by prod::infra::x", "destroy by prod::infra::x"],
  ])("knows who %s is", (by, who) => expect(whoOf(by)).toBe(who));

  it("tells of a drill which backup it proved, of when that is, and what the query answered", () => {
    const drill = {
      action: "drill",
      result: "succeeded",
      name: "orders",
      pointTime: "2026-11-28T03:12:09Z",
      value: "17",
    };
    const { entries } = readLedger("web-1", "shop", line({ ...drill, by: "schedule", steps: {} }));
    expect(entries[0]).toMatchObject({ backup: "orders", pointTime: "2026-11-28T03:12:09Z", value: "17" });
    expect(text({ entries })).toMatch(/drill +1\.4\.0 +schedule +- +succeeded +orders of 2026-11-28T03:12:09Z\n/);
  });

  it("of all hosts is one, the newest last, of which the newest are shown", () => {
    const times = ["01", "03", "02", "02"].map((second, i) =>
      line({ time: `2026-11-28T02:21:${second}Z`, version: `${i}` }),
    );
    const { entries } = readLedger("web-1", "shop", times.join("\n"));
    expect(newest(entries, 3).map(({ version }) => version)).toEqual(["2", "3", "1"]);
  });
});

describe("the table", () => {
  it("has who, when, what, how long, what became of it, and why", () => {
    const { entries } = readLedger("web-1", "shop", line({ result: "reverted", reason: "the wrong version\nserves" }));
    expect(text({ entries }).split("\n")[1]).toBe(
      "2026-11-28 02:21:01  web-1  shop         deploy  1.4.0    anna@laptop  1 min 5 s  reverted  the wrong version serves",
    );
  });

  it("says why one was deployed outside of its window, and who locked it", () => {
    const { entries } = readLedger(
      "web-1",
      "shop",
      `${line({ outsideWindow: "no orders" })}\n${line({ action: "lock", result: "locked", by: "ben@home", reason: "the sale" })}`,
    );
    expect(text({ entries })).toMatch(
      / confirmed +outside of its window: no orders\n.* lock .* ben@home .* locked +the sale\n/,
    );
  });

  it("is followed by hosts that could not be asked and by damaged ledgers, which are something to tell", () => {
    expect(historyExitCode(report())).toBe(0);
    const unread = { unread: [{ host: "web-2", problem: "does not answer" }] };
    expect(text(unread)).toMatch(/confirmed\nweb-2: does not answer\n$/);
    expect(historyExitCode(report(unread))).toBe(1);
    const damaged = { damaged: [{ host: "web-1", application: "shop", lines: 2 }] };
    expect(text(damaged)).toContain("web-1: 2 of the ledger's lines of shop cannot be read");
    expect(historyExitCode(report(damaged))).toBe(1);
  });

  it("is none where nothing is recorded, which is something to tell of an application that was named", () => {
    expect(text({ entries: [] })).toBe("No deployment is recorded on the hosts of prod that answered.\n");
    expect(historyExitCode(report({ entries: [] }))).toBe(0);
    expect(text({ entries: [], application: "shp" })).toContain("No deployment of shp is recorded");
    expect(historyExitCode(report({ entries: [], application: "shp" }))).toBe(1);
  });
});

it("what --json prints fits its schema, which is published as it is", () => {
  expect(historyReportSchema.parse(report())).toBeTruthy();
  const published: unknown = JSON.parse(readFileSync(`${CHECKOUT}/docs/history.schema.json`, "utf8"));
  expect(published, "node cli/hosts/writeSchema.ts").toEqual(historyJsonSchema());
});
