/** What `slipway status` makes of what hosts say. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { type Judged, judge } from "../../cli/status/judge.ts";
import { renderStatus } from "../../cli/status/render.ts";
import { type StatusReport, statusExitCode, statusJsonSchema, statusReportSchema } from "../../cli/status/report.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { CHECKOUT } from "../support/run.ts";

/** 2026-11-28T12:00:00Z. */
const NOW = 1795867200;
const web = { name: "shop-web-1", service: "web", state: "running", health: "healthy", started: "" };
const SHOP = {
  release: "0123456789ab",
  version: "1.4.0",
  token: "t",
  owner: "prod::infra::x::shop@web-1",
  confirmed: "2026-11-25T11:00:00Z",
  differences: [],
  underway: null,
  domains: ["shop.example.com"],
  containers: [web],
  backup: NOW - 7300,
  lock: null,
};
const HOST = {
  token: "t",
  scripts: "s",
  proxyRuns: true,
  watched: true,
  time: NOW,
  disks: [
    { path: "/", free: 50_000, size: 100_000 },
    { path: "/var/lib/docker", free: 20_000, size: 100_000 },
  ],
};

const judged = (shop: object = {}, host: object = {}, version = "1.4.0"): Judged =>
  judge(
    { host: "web-1", applications: { shop: { version } }, owner: "prod::infra::" },
    parseInspect(JSON.stringify({ host: { ...HOST, ...host }, applications: { shop: { ...SHOP, ...shop } } })),
  );
const report = ({ host, applications }: Judged): StatusReport => ({
  stack: "prod",
  time: "2026-11-28T12:00:00Z",
  hosts: [host],
  applications,
});
/** What is wrong with host and application. */
const wrong = (...words: Parameters<typeof judged>): string[] => {
  const { host, applications } = judged(...words);
  return [...host.wrong, ...applications.flatMap((one) => one.wrong)];
};
const row = (...words: Parameters<typeof judged>): string =>
  renderStatus(report(judged(...words)), (_, text) => text).split("\n")[2]!;

describe("an application", () => {
  it("of which all is as it was confirmed is told in one line, and nothing is wrong", () => {
    expect(wrong()).toEqual([]);
    expect(row()).toBe("shop         web-1  1.4.0    healthy  3 d    none   2 h     -            free  19 GiB free");
    expect(statusExitCode(report(judged()))).toBe(0);
  });

  it.each([
    ["unhealthy", { containers: [{ ...web, health: "unhealthy" }] }, "a container is unhealthy"],
    ["unhealthy", { differences: ["shop-web-1 is unhealthy"] }, "shop-web-1 is unhealthy"],
    ["unhealthy", { containers: [], differences: ["shop-web-1 does not run"] }, "shop-web-1 does not run"],
    ["unknown", { differences: ["Docker does not answer"] }, "Docker does not answer"],
    [
      "absent",
      { version: null, release: null, confirmed: null, differences: ["nothing is deployed"] },
      "nothing is deployed",
    ],
    [
      "healthy",
      { differences: ["the files of release x were changed by hand"] },
      "the files of release x were changed by hand",
    ],
  ])("is %s where the host says %j, which is wrong", (health, said, why) => {
    expect(wrong(said)).toEqual([why]);
    expect(judged(said).applications[0]!.health).toBe(health);
    expect(statusExitCode(report(judged(said)))).toBe(1);
  });

  it.each([
    ["starting", { containers: [{ ...web, health: "starting" }, web] }],
    ["runs", { containers: [{ ...web, health: "" }] }],
    ["runs", { containers: undefined }],
  ])("is %s where the host says %j, which is not wrong", (health, said) => {
    expect(wrong(said)).toEqual([]);
    expect(judged(said).applications[0]!.health).toBe(health);
  });

  it("of another version than the settings say has drifted", () => {
    expect(wrong({}, {}, "1.5.0")).toEqual(["1.4.0 runs, and the settings say 1.5.0; pulumi up deploys it"]);
    expect(row({}, {}, "1.5.0")).toMatch(/healthy {2}3 d {4}1 /);
  });

  it("that is being deployed tells who does it, also before the journal; a lock of hours is wrong", () => {
    const since = "2026-11-28T11:59:00Z";
    expect(row({ underway: {}, lock: { by: "anna", since } })).toContain("anna 1 min");
    expect(row({ underway: { by: "journal", since }, lock: {} })).toContain("journal 1 min");
    expect(row({ underway: {}, lock: {} })).toContain("held  19 GiB");
    expect(wrong({ underway: {}, lock: { by: "anna", since: "2026-11-28T10:00:00Z" } })).toEqual([
      "its lock is held by anna for 2 h",
    ]);
  });

  it("in maintenance is told below the table, which is not wrong", () => {
    const maintenance = { since: "2026-11-28T11:48:00Z", by: "anna@desk", allow: ["192.0.2.7"], retryAfter: 60 };
    const all = report(judged({ maintenance }));
    expect(renderStatus(all, (_, text) => text)).toContain(
      "\nshop on web-1 is in maintenance for 12 min, by anna@desk; let in: 192.0.2.7\n",
    );
    expect(statusReportSchema.parse(all)).toEqual(all);
    expect(statusExitCode(all)).toBe(0);
    expect(report(judged({ maintenance: {} })).applications[0]!.maintenance).toEqual({ allow: [] });
  });

  it("that was never deployed, and one that the settings name no more, are both told", () => {
    const seen = parseInspect(
      JSON.stringify({ host: HOST, applications: { shop: SHOP, blog: { ...SHOP, owner: "x" } } }),
    );
    const { host, applications } = judge({ host: "web-1", applications: { api: {} }, owner: "prod::infra::" }, seen);
    expect(applications.map(({ application, wrong: all }) => [application, all.length])).toEqual([
      ["api", 1],
      ["shop", 1],
    ]);
    expect(host.others).toEqual(["blog"]);
  });

  it("cannot move a reader's terminal by what it says", () => {
    const text = renderStatus(
      report(judged({ version: "1\x1b[2J\r\n2", differences: ["a\x1b]0;x\x07b\nc"] })),
      (_, one) => one,
    );
    expect(text).toBe(stripVTControlCharacters(text));
    expect(text).not.toMatch(/\r|\n2|\nc/);
  });
});

describe("a host", () => {
  it.each([
    [{ disks: [{ path: "/", free: 500, size: 100_000 }] }, "only 500 MiB of / are free"],
    [{ proxyRuns: false }, "its proxy does not run; docker logs slipway-proxy says why, and pulumi up starts it"],
    [{ watched: false }, "cron does not look for interrupted deployments; pulumi up mends it"],
  ])("that says %j has something wrong", (said, why) => expect(wrong({}, said)).toEqual([why]));

  it("of an older version tells what it can", () => {
    const old = { containers: undefined, backup: undefined, lock: undefined, domains: undefined };
    expect(wrong(old, { disks: undefined, watched: undefined })).toEqual([]);
    expect(row(old, { disks: undefined })).toBe(
      "shop         web-1  1.4.0    runs    3 d    none   -       -            free  -",
    );
  });

  it("that does not answer has a line, with the reason below, and hides no other", () => {
    const { hosts, ...rest } = report(judged());
    const down = { name: "web-2", answers: false, others: [], wrong: ["connect ECONNREFUSED"] };
    const all = { ...rest, hosts: [down, ...hosts] };
    const text = renderStatus(all, (_, one) => one);
    expect(text).toMatch(/^shop .*\n- +web-2 +- +no answer/m);
    expect(text).toContain("\nWrong:\n  web-2: connect ECONNREFUSED\n");
    expect(statusExitCode(all)).toBe(1);
  });
});

describe("an application that is locked", () => {
  const frozen = { shop: { by: "anna@laptop", since: "2026-11-28T09:00:00Z", reason: "the sale" } };
  const locked = (applications: object): StatusReport =>
    report(
      judge(
        { host: "web-1", applications: { shop: { version: "1.4.0" } }, owner: "prod::infra::" },
        parseInspect(JSON.stringify({ host: HOST, applications, frozen })),
      ),
    );
  const shown = (applications: object): string => renderStatus(locked(applications), (_, text) => text);

  it("says by whom, for how long and why, and is nothing wrong", () => {
    expect(shown({ shop: SHOP })).toMatch(
      / locked by anna@laptop 3 h +\S+ GiB free\n\nLocked:\n {2}shop on web-1: the sale\n$/,
    );
    expect(statusExitCode(locked({ shop: SHOP }))).toBe(0);
    expect(statusReportSchema.parse(locked({ shop: SHOP })).applications[0]!.frozen).toEqual(frozen.shop);
  });

  it("says so beside a deployment that still runs, and before the first one", () => {
    expect(shown({ shop: { ...SHOP, lock: { by: "ben", since: "2026-11-28T11:59:50Z" } } })).toContain(
      " ben 10 s, locked by anna@laptop 3 h ",
    );
    expect(shown({})).toContain(" locked by anna@laptop 3 h ");
  });
});

it("what --json prints fits its schema, which is published as it is", () => {
  expect(statusReportSchema.parse(report(judged({ lock: { by: "a" }, underway: {} })))).toBeTruthy();
  const published: unknown = JSON.parse(readFileSync(`${CHECKOUT}/docs/status.schema.json`, "utf8"));
  expect(published, "node cli/hosts/writeSchema.ts").toEqual(statusJsonSchema());
});
