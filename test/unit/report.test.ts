/** What `slipway report` makes of ledgers: numbers that were counted by hand, and a page that holds what it is given. */
import { HtmlValidate } from "html-validate";
import { describe, expect, it } from "vitest";
import { seriesOf } from "../../cli/report/deployments.ts";
import { type Entry, readEntries } from "../../cli/report/entry.ts";
import { type CommitTime, measure } from "../../cli/report/measures.ts";
import { page } from "../../cli/report/page.ts";
import { reportOf } from "../../cli/report/report.ts";

const NOW = Date.parse("2026-11-29T00:00:00Z");
let count = 0;
const entry = (time: string, version: string, more: Partial<Entry> = {}): Entry => ({
  time: `2026-11-${time}Z`,
  stack: "prod",
  host: "web-1",
  application: "shop",
  action: "deploy",
  result: "confirmed",
  version,
  release: `release-${version}`,
  who: "anna@laptop",
  token: `token ${count++}`,
  steps: { pull: 4, health: 6 },
  ...more,
});
const reverted = { result: "reverted", reason: "step health failed; the lines above say why" };
const measured = (entries: Entry[], times: CommitTime = () => undefined) =>
  measure(seriesOf(entries)[0]!, { until: NOW }, times)!;
const pageOf = (entries: Entry[]): string => page(reportOf({ entries, damaged: 0, unread: [] }, {}, NOW));

/** Two weeks: three versions, of which one went back, one was rolled back after half an hour, and a refused one. */
const MONTH = [
  entry("15T00:00:00", "1.0.0"),
  entry("16T00:00:00", "1.1.0", reverted),
  entry("17T00:00:00", "1.1.1", { steps: { pull: 14, health: 16 } }),
  entry("17T00:30:00", "1.0.0", { who: "bert@github" }),
  entry("18T00:00:00", "1.2.0", { result: "refused", steps: {} }),
  entry("19T00:00:00", "1.2.0"),
];

describe("the measures", () => {
  it("are those of deployments counted by hand", () => {
    const committed = Date.parse("2026-11-18T22:00:00Z");
    const all = measured(MONTH, (_, version) => (version === "1.2.0" ? committed : undefined));
    expect([all.confirmed, all.reverted, all.refused]).toEqual([4, 1, 1]);
    // Three in fourteen days: the rollback is none.
    expect(all.perWeek).toBe(1.5);
    expect(all.leadTime).toEqual({ median: 7200, longest: 7200, count: 1 });
    // 1.0.0, 1.1.0 (reverted), 1.1.1 (rolled back), 1.2.0.
    expect([all.failedChanges, all.changes, all.changeFailureRate]).toEqual([2, 4, 0.5]);
    expect(all.restore).toEqual({ median: 1800, longest: 1800, count: 1 });
    expect(all.successRate).toBeCloseTo(4 / 6);
    expect(all.duration).toEqual({ median: 10, longest: 30, count: 4 });
    expect(all.steps[0]).toEqual({ name: "health", spread: { median: 6, longest: 16, count: 4 } });
    expect(all.people[1]).toEqual({ who: "bert@github", confirmed: 1, failed: 0 });
  });

  it("are not known of one deployment just now, instead of zero", () => {
    const all = measured([entry("28T23:00:00", "1.0.0", { steps: {} })]);
    expect([all.perWeek, all.leadTime, all.restore, all.duration]).toEqual(Array(4).fill(undefined));
    expect(measured([entry("28T23:00:00", "1", { result: "refused" })]).changeFailureRate).toBeUndefined();
  });

  it("take the lines of several hosts as one deployment, which failed where one host went back", () => {
    const [a, b] = [entry("20T00:00:00", "1.0.0"), entry("20T00:00:09", "1.0.0", { ...reverted, host: "web-2" })];
    const all = measured([a, { ...b, token: a.token }]);
    expect([all.deployments.length, all.confirmed, all.reverted]).toEqual([1, 0, 1]);
  });

  it("know a rollback by its release where versions do not tell, and no rollback in the second try after one", () => {
    const all = measured(["a", "b", "a", "b"].map((version, i) => entry(`2${i}T00:00:00`, version)));
    expect(all.rollbacks.map(({ version }) => version)).toEqual(["a"]);
  });

  it("take the same release once more as no change, and no lead time of a version that is deployed again", () => {
    const again = [entry("20T00:00:00", "1.0.0"), entry("22T00:00:00", "1.0.0")];
    const all = measured(again, () => Date.parse("2026-11-19T00:00:00Z"));
    expect([all.confirmed, all.changes, all.leadTime?.count]).toEqual([2, 1, 1]);
  });
});

describe("a file", () => {
  it("is what history prints, or entries a line; what it has twice counts once, what is damaged is counted", () => {
    const [one] = MONTH;
    const { stack: _, ...bare } = one!;
    const written = JSON.stringify({
      stack: "prod",
      entries: [bare, { time: 1 }],
      damaged: [{ lines: 2 }],
      unread: [{ host: "web-2" }],
    });
    const lines = `${JSON.stringify({ ...bare, stack: "prod" })}\nhalf a li\n`;
    const read = readEntries([
      { name: "a", text: written },
      { name: "b", text: lines },
    ]);
    expect([read.entries.length, read.damaged, read.unread]).toEqual([1, 4, ["web-2"]]);
    expect(reportOf(read, {}, NOW).missing[0]).toContain("The host web-2 could not be asked");
  });

  it("of one host's own ledger, or without any line of a ledger, is refused with what to do", () => {
    const text = '{"time":"2026-11-20T00:00:00Z","action":"deploy","result":"confirmed","run":"x","steps":{}}\n';
    expect(() => readEntries([{ name: "l", text }])).toThrow(
      /^l: these are the lines of one host's ledger, .* slipway history/,
    );
    expect(() => readEntries([{ name: "l", text: "<html>" }])).toThrow(/^l: none of its 1 lines is one of a ledger/);
  });

  it.each([["2026-02-30"], ["yesterday"]])("is not asked since %s", (since) =>
    expect(() => reportOf({ entries: [], damaged: 0, unread: [] }, { since }, NOW)).toThrow(/^--since: .* is no day/),
  );
});

const HOSTILE = `</style></title><script>alert(1)</script><img src=x onerror=alert(1)>" ' & \u202e\u0000 https://evil.example`;
const validator = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "no-redundant-role": "off",
    "prefer-native-element": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "tel-non-breaking": "off",
  },
});

describe("the page", () => {
  it.each<[string, Entry[]]>([
    ["nothing", []],
    ["one deployment", MONTH.slice(0, 1)],
    ["a month", MONTH],
    [
      "hostile texts",
      ["host", "application", "stack", "who", "reason", "version", "release"].map((key) =>
        entry("20T00:00:00", "1.0.0", { ...reverted, [key]: HOSTILE, steps: { [HOSTILE]: 3 } }),
      ),
    ],
  ])("of %s is valid and accessible HTML, without scripts and without anything from elsewhere", async (_, entries) => {
    const text = pageOf(entries);
    const { results } = await validator.validateString(text);
    expect(
      results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line} ${ruleId} ${message}`)),
    ).toEqual([]);
    expect(text).not.toMatch(/<script|<img|<link|<iframe|<[^>]*\s(src|on\w+)=|url\(|@import/i);
    expect(text).not.toContain("\u202e");
  });

  it("shows a reason as the text that it is", () =>
    expect(pageOf([entry("20T00:00:00", "1.0.0", { ...reverted, reason: "<b>no</b>" })])).toContain(
      "&lt;b&gt;no&lt;/b&gt;",
    ));

  it("says of what is not known that it is not, and says so of uptime and drills", () => {
    const text = pageOf([entry("28T23:00:00", "1.0.0", { steps: {} })]);
    expect(text.match(/<strong>not known<\/strong>/g)).toHaveLength(4);
    expect(text).toMatch(/Uptime<\/h3>\s*<p>Not known[\s\S]*Restore drills<\/h3>\s*<p>Not known/);
  });

  it("stays small for 5,000 deployments, of which it shows the newest failures", () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      entry("20T00:00:00", `1.${i}.0`, {
        time: new Date(NOW - (5000 - i) * 3_600_000).toISOString(),
        ...(i % 7 === 0 ? reverted : {}),
      }),
    );
    const text = pageOf(many);
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain("the newest 50 of 715");
    expect(text).toContain("1.4998.0");
  });
});
