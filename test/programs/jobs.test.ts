/** What a minute's tick does for an application's jobs, with doubles for Docker and for the run that is started. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const RELEASE = "0123456789ab";
const RUN = "20261128T023000-0a1b2c";
// What is started goes into a file: attempt, application, job, run, when it was due, who asked.
const { root, run, release } = hostShell("jobs", { setsid: 'shift; printf "%s\\n" "$*" >>"$STARTS"' });
const SHOP = join(root, "shop");
const STARTS = join(root, "starts");
const at = (...names: string[]): string => join(SHOP, ".jobs", ...names);
const now = (): number => Math.floor(Date.now() / 1000);

interface Known {
  looked?: number | string;
  started?: number;
  running?: string;
}

/** What is declared, by name, and what is kept of each. */
function given(
  jobs: Record<string, object>,
  known: Record<string, Known> = {},
  owner = "prod::infra::x:y::shop@web-1",
): void {
  const job = { service: "web", command: ["clean"], timeout: 60, schedule: "* * * * *" };
  const all = Object.entries(jobs).map(([name, more]) => [name, { ...job, ...more }]);
  release({ version: "1.0.0", services: [], secrets: [], jobs: Object.fromEntries(all) });
  writeFileSync(join(SHOP, "deployment.json"), `{"release":"${RELEASE}","owner":"${owner}"}`);
  for (const [name, files] of Object.entries(known)) {
    mkdirSync(at(name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(at(name, file), String(text));
  }
}

/**
 * @param said what a job that cannot be looked at says
 * @returns the starts, a line each, without the names of the runs
 */
function tick(body = "", said: unknown = ""): string[] {
  const doubles = `docker_answers() { true; }; with_labels() { FOUND_IDS=(); }; ${body}`;
  // What is started holds the pipe until it has ended.
  const { code, stderr } = run(`${doubles}\ncommand_tick shop 6>&1 | cat`, { env: { STARTS } });
  expect([code, stderr]).toEqual([0, said]);
  if (!existsSync(STARTS)) return [];
  const lines = readFileSync(STARTS, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.replace(/ \d{8}T\d{6}-[0-9a-f]{6} /, " RUN "));
}
const kept = (...names: string[]): string => readFileSync(at(...names), "utf8");
const records = (): Record<string, unknown>[] =>
  readFileSync(join(SHOP, "jobs.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const minute = (seconds: number): number => seconds - (seconds % 60);

beforeEach(() => {
  for (const name of [".jobs", "jobs.jsonl", "rollout.json", "deployment.json"])
    rmSync(join(SHOP, name), { recursive: true, force: true });
  rmSync(STARTS, { force: true });
});

describe("a tick", () => {
  it("starts nothing of a job that is new here", () => {
    given({ cleanup: {} });
    expect(tick()).toEqual([]);
    expect(Number(kept("cleanup", "looked"))).toBeGreaterThan(now() - 60);
  });

  it("starts once what was due since the last one, and again until that has begun", () => {
    given({ cleanup: {} }, { cleanup: { looked: now() - 600 } });
    const starts = tick();
    expect(starts).toEqual([expect.stringMatching(/^attempt shop cleanup RUN \d+ schedule$/)]);
    const due = Number(starts[0]!.split(" ")[4]);
    expect([minute(now()), minute(now()) - 60]).toContain(due);
    expect(tick()).toHaveLength(2);
    writeFileSync(at("cleanup", "started"), String(minute(now()) + 60));
    expect(tick()).toHaveLength(2);
  });

  it("records what was missed, and does not start it, where it is to be left out", () => {
    given(
      { cleanup: { missed: "skip", minutes: [new Date(Date.now() - 600_000).getUTCMinutes()] } },
      { cleanup: { looked: now() - 1200 } },
    );
    expect(tick()).toEqual([]);
    expect(records()).toMatchObject([{ job: "cleanup", result: "missed", release: RELEASE, by: "schedule" }]);
    expect(tick()).toEqual([]);
    expect(records()).toHaveLength(1);
    expect(kept("cleanup", "last")).toContain('"missed"');
  });

  it("starts what is just due, although it is to be left out when it was missed", () => {
    given({ cleanup: { missed: "skip" } }, { cleanup: { looked: now() - 600 } });
    expect(tick()).toHaveLength(1);
  });

  it("forgets what was due more than a month ago", () => {
    const day = new Date(Date.now() - 40 * 86_400_000);
    const long = { days: [day.getUTCDate()], months: [day.getUTCMonth() + 1], minutes: [0], hours: [12] };
    given({ cleanup: long }, { cleanup: { looked: now() - 50 * 86_400 } });
    expect(tick()).toEqual([]);
    expect(Number(kept("cleanup", "looked"))).toBeGreaterThan(now() - 60);
  });

  it("starts what is due of one job although another cannot be looked at", () => {
    given({ broken: {}, cleanup: {} }, { cleanup: { looked: now() - 600 } });
    writeFileSync(at("broken"), "a file in the place of its folder");
    expect(tick("", expect.stringContaining("broken"))).toHaveLength(1);
  });

  it.each<[string, string]>([
    ["while Docker does not answer", "docker_answers() { false; }"],
    ["while its release is stopped for a migration", `printf '{"undo":{"what":"restore"}}' >"$ROOT/shop/rollout.json"`],
  ])("puts off %s what is due", (_, body) => {
    const looked = now() - 600;
    given({ cleanup: {} }, { cleanup: { looked } });
    expect(tick(body)).toEqual([]);
    expect(kept("cleanup", "looked")).toBe(String(looked));
    rmSync(join(SHOP, "rollout.json"), { force: true });
    expect(tick()).toHaveLength(1);
  });

  it("goes on beside a deployment that stops nothing", () => {
    given({ cleanup: {} }, { cleanup: { looked: now() - 600 } });
    writeFileSync(join(SHOP, "rollout.json"), '{"phase":"begun","reason":"\\"undo\\":"}');
    expect(tick()).toHaveLength(1);
  });

  it("starts on one of several hosts what its release names for that one", () => {
    const looked = now() - 600;
    given(
      { here: { host: "web-1" }, there: { host: "web-2" }, both: {} },
      { here: { looked }, there: { looked }, both: { looked } },
    );
    expect(tick().map((line) => line.split(" ")[2])).toEqual(["here", "both"]);
  });

  it.each<[string, Known]>([
    ["is still to come, after a clock that was wrong", { looked: now() + 86_400 }],
    ["is no time", { looked: "$(touch /tmp/x)" }],
    ["is half written", { looked: "" }],
  ])("begins anew with a job of which the last look %s", (_, known) => {
    given({ cleanup: {} }, { cleanup: known });
    expect(tick()).toEqual([]);
    expect(Math.abs(Number(kept("cleanup", "looked")) - now())).toBeLessThan(60);
  });

  it("forgets the look at a job that is declared no more", () => {
    given({ other: {} }, { cleanup: { looked: now() - 600, started: 1 } });
    tick();
    expect(readdirSync(at("cleanup"))).toEqual(["started"]);
  });

  it("starts nothing of what is deployed no more, or cannot be read, and forgets nothing of it", () => {
    given({ cleanup: {} }, { cleanup: { looked: now() - 600 } });
    rmSync(join(SHOP, "deployment.json"));
    expect(tick()).toEqual([]);
    given({ cleanup: {} });
    writeFileSync(join(SHOP, `releases/${RELEASE}/manifest.json`), "{");
    const { stderr } = run("command_tick shop", { env: { STARTS } });
    expect(stderr).toContain("has no manifest that can be read");
    expect(existsSync(STARTS)).toBe(false);
    expect(existsSync(at("cleanup", "looked"))).toBe(true);
  });
});

describe("a run whose processes are gone", () => {
  const running = JSON.stringify({
    run: RUN,
    release: RELEASE,
    version: "1.0.0",
    by: "anna's",
    due: "1795000000",
    began: String(now() - 60),
  });

  it("is told as interrupted, once, by the next tick, which removes its container", () => {
    given({}, { cleanup: { running } });
    const removed = 'with_labels() { FOUND_IDS=(c1); }; engine() { echo "$1 $2" >>"$ROOT/calls"; }';
    tick(removed);
    expect(records()).toEqual([
      expect.objectContaining({
        job: "cleanup",
        result: "interrupted",
        run: RUN,
        release: RELEASE,
        by: "anna's",
        due: "2026-11-18T11:06:40Z",
      }),
    ]);
    expect(readFileSync(join(root, "calls"), "utf8")).toBe(
      "POST /containers/c1/stop?t=10\nDELETE /containers/c1?force=true&v=true\n",
    );
    expect(existsSync(at("cleanup", "running"))).toBe(false);
    tick(removed);
    expect(records()).toHaveLength(1);
  });

  it("is not told again where its end is written down already", () => {
    given({}, { cleanup: { running } });
    writeFileSync(join(SHOP, "jobs.jsonl"), `{"job":"cleanup","result":"succeeded","run":"${RUN}"}\n`);
    tick();
    expect(records()).toHaveLength(1);
    expect(existsSync(at("cleanup", "running"))).toBe(false);
  });

  it("stays as it is while Docker does not answer", () => {
    given({}, { cleanup: { running } });
    tick("with_labels() { return 1; }");
    expect(existsSync(at("cleanup", "running"))).toBe(true);
    expect(existsSync(join(SHOP, "jobs.jsonl"))).toBe(false);
  });

  it("is left alone while its lock is held", () => {
    given({}, { cleanup: { running } });
    tick('exec 7>>"$ROOT/shop/.jobs/cleanup/lock"; flock 7');
    expect(existsSync(at("cleanup", "running"))).toBe(true);
  });

  it("of which nothing can be read is told as interrupted all the same", () => {
    given({}, { cleanup: { running: "{" } });
    tick();
    expect(records()).toMatchObject([{ job: "cleanup", result: "interrupted" }]);
  });
});

describe("what is kept of runs", () => {
  const inJob = `JOB=cleanup JOB_DIR=$DIR/.jobs/cleanup RUN_ID=${RUN}; mkdir -p "$JOB_DIR"; `;

  it("is the beginning of what one prints, and its last lines", () => {
    run(`${inJob} KEPT_BYTES=20 LAST_LINES=3; for n in {1..100}; do echo "line $n"; done | keep_output "$JOB_DIR/log"`);
    expect(kept("cleanup", "log")).toBe("line 1\nline 2\n[95 lines are not kept]\nline 98\nline 99\nline 100\n");
    run(`${inJob} KEPT_BYTES=20 LAST_LINES=3; for n in {1..4}; do echo "word $n"; done | keep_output "$JOB_DIR/short"`);
    expect(kept("cleanup", "short")).toBe("word 1\nword 2\nword 3\nword 4\n");
  });

  it("is of the last ten, without those that printed nothing", () => {
    run(
      `${inJob} for n in {10..25}; do echo x >"$JOB_DIR/20261128T0230$n-0a1b2c.log"; done; : >"$JOB_DIR/$RUN_ID.log"; note_run succeeded '' 0`,
    );
    expect(readdirSync(at("cleanup")).filter((name) => name.endsWith(".log"))).toEqual(
      Array.from({ length: 10 }, (_, index) => `20261128T0230${index + 16}-0a1b2c.log`),
    );
  });

  it("is of the record its newest lines, when it has grown too long", () => {
    run(`${inJob} RECORD_BYTES=300 RECORD_LINES=2; for n in 1 2 3 4; do note_run failed "why $n" "$n"; done`);
    expect(records().map(({ code }) => code)).toEqual([3, 4]);
  });

  it("is the release of one that goes on, when others are pruned", () => {
    given({}, { cleanup: { running: `{"release":"${RELEASE}"}` } });
    expect(run(`runs_a_job ${RELEASE}`).code).toBe(0);
    expect(run("runs_a_job ba9876543210").code).not.toBe(0);
  });
});

it("whoever wants to hear of jobs hears of a run that did not end well, and of no other", () => {
  const folder = join(root, "slipway/notifications");
  mkdirSync(join(folder, "outbox/.told"), { recursive: true });
  mkdirSync(join(folder, "stacks"));
  writeFileSync(join(folder, "stacks/infra+prod.json"), "{}");
  given({ cleanup: {} });
  const inJob = `JOB=cleanup JOB_DIR=$DIR/.jobs/cleanup DUE=1; mkdir -p "$JOB_DIR"; `;
  run(
    `${inJob} RUN_ID=one; note_run succeeded '' 0; RUN_ID=two BY=anna; note_run failed 'it had no memory left' 137; wait`,
    {
      env: { STARTS },
    },
  );
  const events = readdirSync(join(folder, "outbox")).filter((name) => !name.startsWith("."));
  expect(events).toEqual(["shop.cleanup.two"]);
  expect(JSON.parse(readFileSync(join(folder, "outbox", events[0]!), "utf8"))).toMatchObject({
    application: "shop",
    events: "job",
    title: "the job cleanup of shop failed with 137",
    reason: "it had no memory left",
    by: "anna",
  });
});

it("a release with a job by a clock that the host does not know is refused", () => {
  given({ cleanup: { zone: "Europe/Berlin" } });
  const staged = `read_manifest $RELEASE; TZDIR=$ROOT/zones; mkdir -p $TZDIR/Europe; zones_known $RELEASE`;
  expect(run(staged).stderr).toContain(
    "the job cleanup of shop goes by the clock of Europe/Berlin, which this host does not know; install its time zones",
  );
  expect(run(`mkdir -p $ROOT/zones/Europe; touch $ROOT/zones/Europe/Berlin; ${staged}`).code).toBe(0);
});
