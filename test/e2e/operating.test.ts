/** `slipway status`, `history`, `logs` and `lock` on hosts of which one is down: what a person sees, and what stays on a host. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { historyReportSchema } from "../../cli/history/report.ts";
import { jobsReportSchema } from "../../cli/jobs/report.ts";
import { lockReportSchema } from "../../cli/lock/report.ts";
import { statusReportSchema } from "../../cli/status/report.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { sample } from "../host/support/release.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, type Result, run, start } from "../support/run.ts";
import { connection } from "../support/sandbox.ts";

const [first, second] = own;
const NAME = "operated";
const folder = temporaryFolder("operating");
const COMMAND = join(CHECKOUT, "cli/slipway.ts");
const slipway = (...words: string[]): Promise<Result> =>
  run(process.execPath, [COMMAND, ...words], { cwd: folder, env: { NO_COLOR: undefined } });
/** Due when no test runs: in half a day. */
const schedule = `0 ${(new Date().getUTCHours() + 12) % 24} * * *`;
const declared = sample(NAME, {
  jobs: { other: { schedule, command: ["/app", "migrate"] }, wrong: { schedule, command: ["/app", "no-such-word"] } },
});
const deployments = [first, second].map(
  (target) => new Deployment(target, declared, `down::operated::slipway:stack:ComposeStack::${NAME}@web`),
);

/** A stack of two hosts of the sandbox, and of those that are named besides. */
function stack(name: string, more: Record<string, object>): void {
  const hosts = { "web-1": connection(first.number), "web-2": connection(second.number), ...more };
  const applications = {
    [NAME]: {
      version: "1.0.0",
      hosts: Object.keys(hosts).filter((host) => more[host] === undefined || !("root" in more[host])),
    },
  };
  const config = { "slipway:hosts": hosts, "slipway:applications": applications };
  writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config }));
}

beforeAll(async () => {
  await ensureHosts();
  await ready(...deployments);
  await Promise.all(deployments.map((deployment) => deployment.deployed("1.0.0")));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: operated\nruntime: nodejs\n");
  stack("prod", {});
  stack("down", { "web-3": { ...connection(first.number), address: "127.0.0.1", port: 1 } });
  stack("refused", { "web-3": { ...connection(first.number), user: "nobody-here" } });
  stack("bare", { "web-3": { ...connection(first.number), root: "/srv/nothing" } });
  stack("other", { "web-3": { ...connection(first.number), hostKeyFile: connection(second.number).hostKeyFile } });
});
afterAll(() => Promise.all(deployments.map((deployment) => deployment.end())));

describe("status", () => {
  it("of a stack of which all is right has a line for each host, nothing wrong, no colour in a pipe, and 0", async () => {
    const { code, stdout, stderr } = await slipway("status", "--stack", "prod");
    expect([code, stderr]).toEqual([0, ""]);
    for (const host of ["web-1", "web-2"])
      expect(stdout).toMatch(new RegExp(`^${NAME} +${host} +1\\.0\\.0 +runs +.* none +.* free +.*GiB free$`, "m"));
    expect(stdout).not.toMatch(/Wrong|\x1b/);
  });

  it.each([
    ["down", "connect ECONNREFUSED 127.0.0.1:1; nothing listens at port 1"],
    ["refused", "nobody-here is not let in by the key of the settings"],
    ["bare", "has no Slipway yet; pulumi up prepares it"],
    ["other", "shows another host key than the one that is known"],
  ])("of a stack of which one host is %s tells why, and of the others what they run", async (name, why) => {
    const { code, stdout } = await slipway("status", "--stack", name, "--json");
    const { hosts, applications } = statusReportSchema.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(applications.map(({ host, version, wrong }) => [host, version, wrong])).toEqual([
      ["web-1", "1.0.0", []],
      ["web-2", "1.0.0", []],
    ]);
    expect(hosts[2]).toMatchObject({ name: "web-3", answers: false, wrong: [expect.stringContaining(why)] });
  });

  it("tells of a container that was stopped by hand, and of a lock that is held", async () => {
    const id = (await second.ask(`docker ps -q --filter label=com.docker.compose.project=${NAME}`)).trim();
    const holder = first.start(`exec 9>>/opt/${NAME}/lock && flock 9 && echo held && cat`, { keepInput: true });
    try {
      await second.ask(`docker stop ${id}`);
      await holder.until(/held/);
      const { code, stdout } = await slipway("status", "--stack", "prod");
      expect([code, stdout]).toEqual([1, expect.stringMatching(`${NAME} on web-2: ${NAME}-web-\\d+ does not run`)]);
      expect(stdout).toMatch(new RegExp(`^${NAME} +web-1 .* held +.*GiB free$`, "m"));
    } finally {
      holder.endInput();
      await holder.result;
      await second.ask(`docker start ${id}`);
    }
  });

  it("is refused without a project, and for a stack or a host that is not there", async () => {
    for (const [words, why] of [
      [["--stack", "nope"], "Pulumi.nope.yaml does not exist; name a stack that has a file"],
      [["--stack", "prod", "--host", "web-9"], "web-9 is no host of Pulumi.prod.yaml; its hosts are web-1, web-2"],
    ] as const) {
      const { code, stdout, stderr } = await slipway("status", ...words);
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(why)]);
    }
    const elsewhere = await run(process.execPath, [COMMAND, "status"], { cwd: temporaryFolder("no-project") });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining("there is no Pulumi.yaml here")]);
  });
});

describe("history", () => {
  it("has the deployments of all hosts by time, though one is down", async () => {
    const { code, stdout } = await slipway("history", NAME, "--stack", "down", "--json");
    const { entries, unread } = historyReportSchema.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(new Set(entries.map(({ host }) => host))).toEqual(new Set(["web-1", "web-2"]));
    expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).toSorted());
    expect(entries.at(-1)).toMatchObject({ action: "deploy", result: "confirmed", version: "1.0.0" });
    expect(unread.map(({ host }) => host)).toEqual(["web-3"]);
  });

  it("makes a report, which says that a host is missing in it", async () => {
    const { code, stdout, stderr } = await slipway("report", "--stack", "down");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^<!doctype html>/i);
    expect(stdout).toContain(NAME);
    expect(stderr).toContain("web-3");
  });

  it("of what was never deployed says so", async () => {
    const { code, stdout } = await slipway("history", "never", "--stack", "prod");
    expect([code, stdout]).toEqual([1, "No deployment of never is recorded on the hosts of prod that answered.\n"]);
  });
});

describe("logs", () => {
  const left = (): Promise<string> =>
    first.ask("pgrep -af '[d]ocker-compose .* --follow|[s]lipway logs' || true").then((text) => text.trim());

  it("come from all hosts, each line with where it is from", async () => {
    const { code, stdout } = await slipway(
      "logs",
      NAME,
      "web",
      "--stack",
      "prod",
      "--since",
      "1h",
      "--grep",
      "listens",
    );
    expect(code).toBe(0);
    for (const host of ["web-1", "web-2"])
      expect(stdout).toMatch(new RegExp(`^\\S+ \\S+ ${host} ${NAME} web-\\d+ \\| shop 1\\.0\\.0 listens`, "m"));
    expect(
      stdout
        .trim()
        .split("\n")
        .every((line) => line.includes("listens")),
    ).toBe(true);
  });

  it("of a service that is not there say so", async () => {
    const { code, stderr } = await slipway("logs", NAME, "nope", "--stack", "prod", "--host", "web-1");
    expect([code, stderr]).toEqual([1, `${NAME} on web-1: no such service: nope\n`]);
  });

  it.each([
    ["Ctrl-C", "SIGINT", 130],
    ["the death of whoever reads them", "SIGKILL", 137],
  ] as const)(
    "are followed across a restart until %s, which leaves no process on the host",
    async (_, signal, code) => {
      const following = start(process.execPath, [COMMAND, "logs", NAME, "-f", "--stack", "prod", "--host", "web-1"], {
        cwd: folder,
      });
      await following.until(/listens/);
      expect(await left()).toContain("--follow");
      const before = following.output().split("listens").length;
      await first.ask(`docker restart $(docker ps -q --filter label=com.docker.compose.project=${NAME})`);
      await following.until(new RegExp(`(listens[^]*){${before}}`));
      following.kill(signal);
      expect((await following.result).code).toBe(code);
      await first.ask("while pgrep -f '[d]ocker-compose .* --follow|[s]lipway logs'; do sleep 0.2; done");
      expect(await left()).toBe("");
    },
  );
});

describe("lock", () => {
  const down = (...words: string[]) => slipway(...words, "--stack", "down");

  it("holds all hosts that answer, and tells of the one that does not; deployments are refused until unlock", async () => {
    const { code, stdout } = await down("lock", NAME, "--reason", "Überlauf", "--json");
    const { applications } = lockReportSchema.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(applications).toMatchObject([
      { host: "web-1", locked: true, reason: "Überlauf", underway: false },
      { host: "web-2", locked: true, reason: "Überlauf", underway: false },
      { host: "web-3", problem: expect.stringContaining("connect ECONNREFUSED") },
    ]);
    const [{ by = "" } = {}] = applications;
    const again = await down("lock", NAME, "--reason", "another");
    expect(again.stdout).toContain(`${NAME} on web-2: ${NAME} is locked already by ${by} since `);
    const refused = await deployments[0]!.deploy(await deployments[0]!.release("1.1.0"));
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining(`is locked by ${by} since `)]);
    const status = await slipway("status", "--stack", "prod");
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining(`locked by ${by} `)]);
    expect(status.stdout).toContain(`Locked:\n  ${NAME} on web-1: Überlauf\n  ${NAME} on web-2: Überlauf\n`);
    const unlocked = await down("unlock", NAME);
    expect([unlocked.code, unlocked.stdout]).toEqual([
      1,
      expect.stringMatching(`${NAME} on web-1: unlocked; it was locked by ${by} since \\S+: Überlauf\n`),
    ]);
    expect((await slipway("history", NAME, "--stack", "prod", "--host", "web-1")).stdout).toMatch(
      / locked +Überlauf\n.* deploy .* refused .* is locked by .*\n.* unlocked +it was locked by /,
    );
    await deployments[0]!.deployed("1.0.0");
  });

  it("of another stack's application changes nothing", async () => {
    const { code, stdout } = await slipway("lock", NAME, "--stack", "prod", "--host", "web-1", "--reason", "x");
    expect([code, stdout]).toEqual([1, expect.stringContaining("belongs to the stack down of the project operated")]);
    expect((await first.exec(`ls /opt/${NAME}/frozen.json`)).code).not.toBe(0);
  });

  it.each([
    [["lock", NAME], "required option '--reason <text>' not specified"],
    [["lock", NAME, "--reason", " "], '--reason: " " is empty; say why'],
    [["lock", "operatd", "--reason", "x"], "did you mean operated?"],
    [["unlock", "../x"], "is no name of an application"],
    [["unlock", NAME, "--host", "web-9"], "web-9 is no host of Pulumi.down.yaml"],
  ])("is refused for wrong words: %j", async (words, why) => {
    const { code, stdout, stderr } = await down(...words);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(why)]);
  });
});

describe("jobs", () => {
  it("are told of all hosts, run on the one that is named, and leave what they printed", async () => {
    const listed = async (...words: string[]) => {
      const { code, stdout } = await slipway("jobs", "list", NAME, "--json", ...words);
      return { code, ...jobsReportSchema.parse(JSON.parse(stdout)) };
    };
    expect((await listed("--stack", "down")).code).toBe(1);
    const { code, jobs } = await listed("--stack", "prod");
    expect(code).toBe(0);
    expect(jobs.map(({ host, name, next, last }) => [host, name, next?.slice(13), last])).toEqual([
      ["web-1", "other", ":00:00Z", undefined],
      ["web-1", "wrong", ":00:00Z", undefined],
      ["web-2", "other", ":00:00Z", undefined],
      ["web-2", "wrong", ":00:00Z", undefined],
    ]);
    const several = await slipway("jobs", "run", NAME, "other", "--stack", "prod");
    expect([several.code, several.stderr]).toEqual([
      2,
      expect.stringContaining("runs on web-1, web-2; name one of them"),
    ]);
    const bad = await slipway("jobs", "run", NAME, "wrong", "--stack", "prod", "--host", "web-2");
    expect([bad.code, bad.stderr]).toEqual([
      1,
      expect.stringContaining("the job wrong of operated did not end well: failed with"),
    ]);
    const output = await slipway("jobs", "log", NAME, "wrong", "--stack", "prod", "--host", "web-2");
    expect([output.code, output.stdout]).toEqual([0, bad.stdout]);
    const status = await slipway("status", "--stack", "prod");
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(/operated on web-2: the job wrong failed with \d+ at /);
    const none = await slipway("jobs", "run", NAME, "nothing", "--stack", "prod");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("its jobs are other, wrong")]);
  });
});
