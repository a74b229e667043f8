/** What the commands and `slipway status` make of what hosts say of backups. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backupsOf, proofOf } from "../../cli/backups/judge.ts";
import { parsePoints, pointNamed } from "../../cli/backups/points.ts";
import { renderActs, renderIntent, renderPoints } from "../../cli/backups/render.ts";
import {
  type ActReport,
  actExitCode,
  actReportSchema,
  backupSchemas,
  type Point,
  pointsExitCode,
  pointsReportSchema,
} from "../../cli/backups/report.ts";
import type { Intent } from "../../cli/backups/restore.ts";
import { judge } from "../../cli/status/judge.ts";
import { renderStatus } from "../../cli/status/render.ts";
import { statusExitCode, statusReportSchema } from "../../cli/status/report.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { CHECKOUT } from "../support/run.ts";

const TIME = "2026-11-28T12:00:00Z";
const NOW = Date.parse(TIME);
const LAST = { time: "2026-11-28T03:12:09Z", point: "1a2b3c4d", bytes: 4_194_304, result: "succeeded", reason: null };
const DRILL = {
  time: "2026-11-22T05:20:04Z",
  result: "succeeded",
  pointTime: "2026-11-22T03:12:09Z",
  seconds: 4,
  value: 17,
};
const BACKUP = { name: "data", what: "postgres", to: "nas", last: LAST, drill: DRILL, aside: null };
const job = (act: string, schedule: string, more: object = {}) => ({
  name: `${act}.data`,
  schedule,
  zone: "UTC",
  here: true,
  looked: NOW / 1000 - 30,
  last: null,
  running: null,
  ...more,
});
const JOBS = [job("backup", "12 3 * * *"), job("drill", "20 5 * * 0")];

interface Seen {
  backups?: object[];
  jobs?: object[];
  confirmed?: string;
}
const seen = ({ backups = [BACKUP], jobs = JOBS, confirmed = "2026-11-01T10:00:00Z" }: Seen = {}) =>
  parseInspect(
    JSON.stringify({
      host: { token: "t", scripts: "s", proxyRuns: true, watched: true, time: NOW / 1000 },
      applications: {
        shop: {
          ...{ release: "0123456789ab", version: "1.4.0", token: "t", owner: "prod::infra::x", differences: [] },
          ...{ underway: null, confirmed, backups, jobs },
        },
      },
    }),
  );
const told = (given: Seen = {}) => backupsOf("shop", seen(given).applications.shop!, NOW);
const wrong = (given: Seen): string[] => told(given).flatMap((one) => one.wrong);
const of = (more: object): Seen => ({ backups: [{ ...BACKUP, ...more }] });
const plain = (_: unknown, text: string): string => text;

function statusOf(given: Seen = {}) {
  const { host, applications } = judge(
    { host: "web-1", applications: { shop: { version: "1.4.0" } }, owner: "prod::infra::" },
    seen(given),
  );
  return statusReportSchema.parse({ stack: "prod", time: TIME, hosts: [host], applications });
}

describe("status", () => {
  it("tells as of when data can be restored and how long that takes, and finds nothing wrong", () => {
    const status = statusOf();
    expect(renderStatus(status, plain)).toContain(
      "shop on web-1: restorable as of 2026-11-22 03:12 UTC (6 d ago), takes 4.0 s\n",
    );
    expect(renderStatus(status, plain)).toMatch(/\nshop .* none +8 h +-/);
    expect(status.applications[0]!.restorable).toEqual({ asOf: "2026-11-22T03:12:09Z", seconds: 4 });
    expect(statusExitCode(status)).toBe(0);
  });

  it("tells what is not proven, with the command that proves it", () => {
    const status = statusOf({ ...of({ drill: null }), confirmed: "2026-11-28T10:00:00Z" });
    expect(renderStatus(status, plain)).toContain(
      "shop on web-1: not proven to be restorable: there is no drill of data yet; slipway drill shop makes one\n",
    );
    expect(status.applications[0]).not.toHaveProperty("restorable");
    expect(statusExitCode(status)).toBe(0);
  });

  it("tells that the last drill did not end well", () =>
    expect(renderStatus(statusOf(of({ drill: { ...DRILL, result: "failed" } })), plain)).toContain(
      "not proven to be restorable: the last drill of data did not end well; slipway drill shop makes one\n",
    ));

  it("ends with 1 where a backup failed, and shows no age of it", () => {
    const status = statusOf(of({ last: { ...LAST, result: "failed", reason: "it shrunk by half" } }));
    expect(statusExitCode(status)).toBe(1);
    expect(renderStatus(status, plain)).toMatch(/\nshop .* none +- +-[\s\S]*it shrunk by half/);
  });

  it("says nothing of data where none is backed up", () => {
    const status = statusOf({ backups: [], jobs: [] });
    expect(status.applications[0]).not.toHaveProperty("backups");
    expect(renderStatus(status, plain)).not.toContain("restorable");
  });
});

describe("a backup", () => {
  it.each<[string, Seen, string]>([
    [
      "that failed",
      of({ last: { ...LAST, result: "failed", reason: "the storage refuses" } }),
      "the backup of data failed at 2026-11-28T03:12:09Z: the storage refuses",
    ],
    [
      "that is suspect",
      of({ last: { ...LAST, result: "suspect" } }),
      "the backup of data was suspect at 2026-11-28T03:12:09Z",
    ],
    [
      "whose drill failed",
      of({ drill: { ...DRILL, result: "failed", reason: "the query answered 0" } }),
      "the drill of data failed at 2026-11-22T05:20:04Z: the query answered 0",
    ],
    [
      "that is late",
      of({ last: { ...LAST, time: "2026-11-26T03:12:09Z" } }),
      "the backup of data is late: it was due at 2026-11-28T03:12:00Z, and the last is 2 d old; slipway backup shop makes one now",
    ],
    [
      "whose drill is late",
      of({ drill: { ...DRILL, time: "2026-11-08T05:20:04Z" } }),
      "the drill of data is late: it was due at 2026-11-22T05:20:00Z, and the last is 20 d old; slipway drill shop makes one now",
    ],
    [
      "that was never taken, though it was due",
      { ...of({ last: null }), confirmed: "2026-11-27T10:00:00Z" },
      "the backup of data is late: it was due at 2026-11-28T03:12:00Z, and there is none yet; slipway backup shop makes one now",
    ],
  ])("%s is told", (_, given, sentence) => expect(wrong(given)).toEqual([sentence]));

  it.each<[string, Seen]>([
    ["was not due yet", { ...of({ last: null, drill: null }), confirmed: "2026-11-28T10:00:00Z" }],
    ["was due once since the last", of({ last: { ...LAST, time: "2026-11-27T03:12:09Z" } })],
    [
      "runs just now",
      { ...of({ last: null }), jobs: [job("backup", "12 3 * * *", { running: { by: "anna" } }), JOBS[1]!] },
    ],
    ["is of a release that nobody confirmed", { ...of({ last: null, drill: null }), confirmed: "" }],
    [
      "has a schedule that this version does not read",
      { ...of({ last: null }), jobs: [job("backup", "@reboot"), JOBS[1]!] },
    ],
  ])("that %s is not wrong", (_, given) => expect(wrong(given)).toEqual([]));

  it("of which the job tells what is wrong is not told twice", () => {
    const last = { time: LAST.time, result: "failed", code: 1, reason: "it shrunk by half" };
    const given = {
      ...of({ last: { ...LAST, result: "failed", reason: "it shrunk by half" } }),
      jobs: [job("backup", "12 3 * * *", { last }), JOBS[1]!],
    };
    const [status] = statusOf(given).applications;
    expect(status!.wrong).toEqual(["the job backup.data failed with 1 at 2026-11-28T03:12:09Z: it shrunk by half"]);
  });

  it("proves the data of an application together with all the others: the oldest counts, and the sum of their times", () => {
    const other = { ...BACKUP, name: "files", drill: { ...DRILL, pointTime: "2026-11-21T03:00:00Z", seconds: 10 } };
    expect(proofOf(told({ backups: [BACKUP, other] }))).toEqual({
      asOf: "2026-11-21T03:00:00Z",
      seconds: 14,
      unproven: [],
    });
    expect(proofOf(told({ backups: [BACKUP, { ...other, drill: null }] }))).toEqual({ unproven: ["files"] });
  });
});

describe("points", () => {
  const point = (id: string, time: string, more: object = {}) => ({
    ...{ name: "data", id, time, release: "0123456789ab", version: "1.4.0", bytes: 2048 },
    ...more,
  });
  const HOST = JSON.stringify([
    point("1a2b3c4d5e", "2026-11-26T03:12:00Z", { suspect: false }),
    point("1a2b9f8e7d", "2026-11-28T03:12:00Z", { suspect: true, bytes: null }),
    point("77aa66bb55", "2026-11-27T03:12:00Z", { release: null, version: null }),
  ]);
  const all = parsePoints(HOST).map((one): Point => ({ host: "web-1", ...one }));
  const report = { stack: "prod", application: "shop", time: TIME, points: all, unread: [] };

  it("are told the newest first", () => {
    expect(renderPoints(report, plain).split("\n")).toEqual([
      "HOST   BACKUP  POINT     TAKEN                          VERSION  RELEASE       SIZE",
      "web-1  data    1a2b9f8e  2026-11-28 03:12 UTC  8 h ago  1.4.0    0123456789ab  -      suspect",
      "web-1  data    77aa66bb  2026-11-27 03:12 UTC  1 d ago  -        -             2 KiB  good",
      "web-1  data    1a2b3c4d  2026-11-26 03:12 UTC  2 d ago  1.4.0    0123456789ab  2 KiB  good",
      "",
    ]);
    expect(pointsReportSchema.parse(report)).toEqual(report);
    expect(pointsExitCode(report)).toBe(0);
    const half = { ...report, points: [], unread: [{ host: "web-2", problem: "does not answer" }] };
    expect(renderPoints(half, plain)).toMatch(/^No backup of shop is there yet.*\nweb-2: does not answer\n$/);
    expect(pointsExitCode(half)).toBe(1);
  });

  it("are named by the beginning of an id; without one, the newest that is good is meant", () => {
    expect(pointNamed(all, "1a2b3", "shop", "data").id).toBe("1a2b3c4d5e");
    expect(pointNamed(all, "1a2b9f", "shop", "data").suspect).toBe(true);
    expect(pointNamed(all, undefined, "shop", "data").id).toBe("77aa66bb55");
    expect(pointNamed(all, "latest", "shop", "data").id).toBe("77aa66bb55");
  });

  it.each([
    [all, "1a2b", '"1a2b" may be one of several points; write more of it'],
    [all, "77a", '"77a" may be one of several points; write more of it, at least 4 digits'],
    [all, "beef", '"beef" is no point of data of shop; slipway points shop tells all of them'],
    [[], undefined, "there is no backup of data of shop yet; slipway backup shop takes one"],
    [all.slice(0, 1), undefined, "all 1 points of data of shop are suspect; look at them by slipway points shop"],
  ])("of %j, %s names none", (among, named, problem) =>
    expect(() => pointNamed(among, named, "shop", "data")).toThrow(problem),
  );

  it.each(["usage: slipway", "[{}]", '[{"name":"a","id":"--host=x","time":"t"}]'])(
    "that are none are refused: %s",
    (text) => expect(() => parsePoints(text)).toThrow("this version does not understand"),
  );

  it("say before a restore what is overwritten, lost and kept", () => {
    const intent: Intent = {
      ...{ application: "shop", host: "web-1", name: "data", act: "restore" },
      ...{ point: all[1]!, running: "1.4.0", now: NOW },
    };
    expect(renderIntent(intent, plain)).toBe(
      [
        "Restores data of shop on web-1 to the point 77aa66bb, taken 2026-11-27 03:12 UTC (1 d ago) from a version that nobody knows.",
        "It takes the place of what is there now: what was written in the last 1 d is gone from the application.",
        "What is there now is kept aside: slipway restore shop --name data --back puts it back, --drop removes it.",
        "",
      ].join("\n"),
    );
    const older = { ...intent, point: { ...all[0]!, version: "1.3.0" } };
    expect(renderIntent(older, plain)).toMatch(
      /1\.4\.0 serves, and may expect another schema than that of 1\.3\.0[\s\S]*This point is suspect/,
    );
    const { point: _, ...rest } = intent;
    const ending = { ...rest, aside: "2026-11-20T10:00:00Z" };
    expect(renderIntent({ ...ending, act: "back" }, plain)).toMatch(
      /^Puts what the restore of 2026-11-20 10:00 UTC kept/,
    );
    expect(renderIntent({ ...ending, act: "drop" }, plain)).toMatch(/^Removes .*nothing can put it back then\.\n$/);
  });
});

describe("a report of backups that were taken", () => {
  const done = (more: object = {}): ActReport => ({
    ...{ stack: "prod", act: "backup", unread: [] },
    applications: [{ application: "shop", host: "web-1", backups: told(), ...more }],
  });

  it("tells what is there afterwards, and as of when it is proven", () => {
    expect(renderActs(done(), NOW, plain)).toBe(
      [
        "APPLICATION  HOST   BACKUP  TO   TAKEN    SIZE   RESULT     DRILL    AS OF    TOOK   RESULT",
        "shop         web-1  data    nas  8 h ago  4 MiB  succeeded  6 d ago  6 d ago  4.0 s  succeeded",
        "shop on web-1: restorable as of 2026-11-22 03:12 UTC (6 d ago), takes 4.0 s",
        "",
      ].join("\n"),
    );
    expect(actExitCode(done())).toBe(0);
    expect(actReportSchema.parse(done())).toEqual(done());
  });

  it("ends with 1 where one did not end well, or a host does not answer", () => {
    expect(renderActs(done({ problem: "no space left" }), NOW, plain)).toContain(
      "shop on web-1: the backup did not end well: no space left\n",
    );
    expect(actExitCode(done({ problem: "no space left" }))).toBe(1);
    const half = { ...done(), applications: [], unread: [{ host: "web-2", problem: "does not answer" }] };
    expect(renderActs(half, NOW, plain)).toBe("web-2: does not answer\n");
    expect(actExitCode(half)).toBe(1);
  });
});

it.each(Object.entries(backupSchemas()))(
  "docs/%s.schema.json is what the code has; else run node cli/backups/writeSchema.ts",
  (name, schema) =>
    expect(JSON.parse(readFileSync(`${CHECKOUT}/docs/${name}.schema.json`, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(schema)),
    ),
);
