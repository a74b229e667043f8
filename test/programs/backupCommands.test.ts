/** `slipway backup`, `drill`, `points` and `restore`, by a machine with an SSH server of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../cli/main.ts";
import { newKeyPair } from "../../sandbox/keyPair.ts";

const [own, user] = [newKeyPair(), newKeyPair()];
const folder = mkdtempSync(join(tmpdir(), "slipway-backups-"));
const before = process.cwd();
const DRILL = { time: "2026-11-28T05:20:04Z", result: "succeeded", pointTime: "2026-11-28T03:12:09Z", seconds: 4 };
const backup = (name: string, more: object = {}) => ({
  name,
  what: "postgres",
  to: "nas",
  last: null,
  drill: DRILL,
  ...more,
});
const POINTS = [
  { name: "orders", id: "aaaa1111", time: "2026-11-27T03:12:00Z", version: "1.4.0", bytes: 2048 },
  { name: "orders", id: "bbbb2222", time: "2026-11-28T03:12:00Z", version: "1.4.0", bytes: 10, suspect: true },
];

/** What the machine's own slipway was asked for, without its place. */
let asked: string[] = [];
/** By the first word; else what a host answers that does it. */
let answers: Record<string, { code: number; output?: string; errors?: string }> = {};
/** What serves. */
let backups: object[] = [];

function answerTo(words: string) {
  const [command = ""] = words.split(" ");
  if (answers[command]) return answers[command];
  if (command === "inspect")
    return {
      code: 0,
      output: JSON.stringify({
        host: { token: "t", scripts: "s", proxyRuns: true, time: 1_796_000_000 },
        applications: {
          shop: {
            ...{ release: "r", version: "1.4.0", token: "t", owner: "prod::infra::x", differences: [] },
            ...{ underway: null, backups },
          },
        },
      }),
    };
  return { code: 0, output: command === "points" ? JSON.stringify(POINTS) : `${command} is done\n` };
}

const server = new ssh2.Server({ hostKeys: [own.private] }, (client) => {
  client.on("error", () => undefined);
  client.on("authentication", (context) =>
    context.method === "publickey" ? context.accept() : context.reject(["publickey"]),
  );
  client.on("session", (accept) =>
    accept().on("exec", (run, _, { command }) => {
      const words = command.replace("/opt/slipway/bin/slipway ", "");
      asked.push(words);
      const { code, output = "", errors = "" } = { errors: "", ...answerTo(words) };
      const stream = run();
      stream.write(output);
      stream.stderr.write(errors);
      stream.exit(code);
      stream.end();
    }),
  );
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "key"), user.private, { mode: 0o600 });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: infra\nruntime: nodejs\n");
  const host = {
    ...{ address: "127.0.0.1", port, user: "anna", privateKeyFile: join(folder, "key") },
    hostKey: own.public.split(" ").slice(0, 2).join(" "),
  };
  const applications = { shop: { hosts: ["web-1"] }, blog: { hosts: ["web-1"] } };
  const config = { "slipway:hosts": { "web-1": host }, "slipway:applications": applications };
  writeFileSync(join(folder, "Pulumi.prod.yaml"), JSON.stringify({ config }));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  server.close();
  rmSync(folder, { recursive: true });
});
let [out, err] = ["", ""];
beforeEach(() => {
  [asked, answers, backups, out, err] = [[], {}, [backup("orders")], "", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

const slipway = (line: string): Promise<number> => main([...line.split(" "), "--stack", "prod"]);
/** Without the token, which is another each time. */
const acts = (): string[] =>
  asked.filter((line) => !/^(inspect|points) /.test(line)).map((line) => line.replace(/ --token ('[^']*'|\S+)/, ""));

describe("slipway backup", () => {
  it("has the host take them, shows what it says, and tells what is there then", async () => {
    expect(await slipway("backup shop")).toBe(0);
    expect(acts()).toEqual(["backup shop"]);
    expect(asked.find((line) => line.startsWith("backup"))).toMatch(/^backup shop --token \S/);
    expect(out).toMatch(/^backup is done\n.*\nshop +web-1 +orders +nas[\s\S]*restorable as of 2026-11-28 03:12 UTC/);
  });

  it("without an application is for all that declare backups, and may be of one by its name", async () => {
    expect(await slipway("drill")).toBe(0);
    expect(await slipway("backup --name orders")).toBe(0);
    expect(acts()).toEqual(["drill shop", "backup shop --name orders"]);
  });

  it("prints a report for scripts alone on its standard output", async () => {
    expect(await slipway("drill shop --json")).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ act: "drill", applications: [{ application: "shop", host: "web-1" }] });
    expect(err).toBe("drill is done\n");
  });

  it("ends with 1 where one does not end well, and says why as the host does", async () => {
    answers = { backup: { code: 1, output: "it is taken\n", errors: "error: the backup orders shrunk by half\n" } };
    expect(await slipway("backup shop")).toBe(1);
    expect(out).toContain("shop on web-1: the backup did not end well: the backup orders shrunk by half\n");
  });

  it.each([
    ["backup blog", "what serves of blog declares no backups; declare them, as docs/backups.md tells, and deploy"],
    ["backup shop --name notes", "what serves of shop has no backup notes; its backups are orders"],
    ["backup shp", "shp is no application of Pulumi.prod.yaml; its applications are shop, blog"],
    ["backup --host web-2", "web-2 is no host of Pulumi.prod.yaml; its hosts are web-1"],
  ])("asks a host for nothing where it is wrong: %s", async (line, problem) => {
    expect(await slipway(line)).toBe(2);
    expect(err).toContain(problem);
    expect(acts()).toEqual([]);
  });

  it("says so where nothing declares any", async () => {
    backups = [];
    expect(await slipway("drill")).toBe(2);
    expect(err).toContain("nothing that serves on the hosts of prod declares backups; docs/backups.md tells how");
  });
});

describe("slipway points", () => {
  it("tells them as the host does, the newest first", async () => {
    expect(await slipway("points shop --name orders")).toBe(0);
    expect(asked.at(-1)).toBe("points shop --name orders");
    expect(out).toMatch(/orders +bbbb2222 .* suspect\n.*orders +aaaa1111 .* good\n$/);
  });

  it("ends with 1 where a host cannot tell them", async () => {
    answers = { points: { code: 1, errors: "error: the password of nas is wrong\n" } };
    expect(await slipway("points shop")).toBe(1);
    expect(out).toContain("web-1: the password of nas is wrong");
  });
});

describe("slipway restore", () => {
  it("says what it overwrites, and has the newest good point restored by its id", async () => {
    expect(await slipway("restore shop --yes")).toBe(0);
    expect(acts()).toEqual(["restore shop --name orders --point aaaa1111"]);
    expect(out).toMatch(
      /^Restores orders of shop on web-1 to the point aaaa1111, taken 2026-11-27[\s\S]*restore is done\n$/,
    );
  });

  it("takes a point by the beginning of its id, and tells that it is suspect", async () => {
    expect(await slipway("restore shop bbbb --yes --json")).toBe(0);
    expect(acts()).toEqual(["restore shop --name orders --point bbbb2222"]);
    expect(JSON.parse(out)).toMatchObject({ act: "restore", done: true, point: { id: "bbbb2222", suspect: true } });
    expect(err).toContain("This point is suspect");
  });

  it("puts back or drops what the last one kept aside", async () => {
    backups = [backup("orders", { aside: { time: "2026-11-20T10:00:00Z" } })];
    expect(await slipway("restore shop --back --yes")).toBe(0);
    expect(await slipway("restore shop --drop --yes")).toBe(0);
    expect(acts()).toEqual(["restore shop --name orders --back", "restore shop --name orders --drop"]);
  });

  it("ends with 1 where it does not end well, with what the host says", async () => {
    answers = { restore: { code: 1, errors: "error: the query answered 0; what was there serves\n" } };
    expect(await slipway("restore shop --yes --json")).toBe(1);
    expect(err).toContain("slipway: the query answered 0; what was there serves\n");
    expect(JSON.parse(out)).toMatchObject({ done: false, problem: "the query answered 0; what was there serves" });
  });

  it.each([
    ["restore shop", "there is no terminal to ask at; give --yes to do it; slipway points shop shows what there is"],
    ["restore shop --json", "--json asks nothing, so give --yes with it"],
    ["restore shop --back --drop --yes", "--back and --drop are opposites; give one of them"],
    ["restore shop aaaa --back --yes", "aaaa is a point, and --back takes none"],
    ["restore shop cccc --yes", '"cccc" is no point of orders of shop; slipway points shop tells all of them'],
    ["restore shop --back --yes", "nothing of orders of shop is kept aside on web-1; only a restore does that"],
    ["restore blog --yes", "what serves of blog declares no backups"],
  ])("changes nothing where it is wrong: %s", async (line, problem) => {
    expect(await slipway(line)).toBe(2);
    expect(err).toContain(problem);
    expect(acts()).toEqual([]);
  });

  it("begins nothing while what the last one kept aside is there", async () => {
    backups = [backup("orders", { aside: { time: "2026-11-20T10:00:00Z" } })];
    expect(await slipway("restore shop --yes")).toBe(2);
    expect(err).toContain("what the last restore of orders of shop kept aside on web-1 is there still; put it back");
    expect(acts()).toEqual([]);
  });

  it("of several backups must be told which", async () => {
    backups = [backup("orders"), backup("notes")];
    expect(await slipway("restore shop --yes")).toBe(2);
    expect(err).toContain("shop has several backups: orders, notes; name one of them by --name");
  });
});
