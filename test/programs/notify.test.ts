/** Notifications: what a host puts into its outbox, and what the real Apprise makes of that with endpoints of every kind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startEndpoint } from "../support/endpoint.ts";
import { hostShell } from "../support/hostShell.ts";

const MARK = "7f3aplanted9c1e";
const OWNER = "prod::slipway::slipway:index:Application$slipway:stack:ComposeStack::shop@web-1";
const BY =
  "2026-11-21T10:02:11Z anna@github 3f2c https://github.com/anna/shop/actions/runs/7 https://github.com/anna/shop/commit/abc";
const { root, run, double } = hostShell("notify");
const folder = join(root, "slipway/notifications");
const outbox = join(folder, "outbox");
const waiting = (): string[] => readdirSync(outbox).filter((name) => !name.startsWith("."));
const log = () =>
  readFileSync(join(folder, "log"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { target: string; result: string; why: string; kind: string; attempt: number });

let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
const requests = join(root, "requests");
const jsonTo = (how: string): string => `json://anna:${MARK}@127.0.0.1:${endpoint.port}/${how}/`;

interface Target {
  url: string;
  on?: string[];
  applications?: string[];
}

/** Who is notified of what a stack runs here. */
function declare(targets: Record<string, Target>, stack = "slipway/prod", applications = ["shop"]): void {
  const all = Object.entries(targets).map(([name, one]) => ({ name, on: ["success", "failure", "rollback"], ...one }));
  const text = JSON.stringify({ stack, fingerprint: "f", host: "web-1", applications, targets: all });
  writeFileSync(join(folder, "stacks", `${stack.replace("/", "+")}.json`), `${text}\n`, { mode: 0o600 });
}

/** Puts an event into the outbox, which nobody sends by itself. */
const put = (words: string, before = "") =>
  run(`OWNER='${OWNER}' TOKEN='${BY}'; send_soon() { :; }; ${before} notify_event ${words}`);
const send = (more = "") => run(`NOTIFY_LIMIT=15; ${more} command_notify`);

beforeAll(async () => {
  endpoint = await startEndpoint(requests);
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  for (const path of [folder, requests]) rmSync(path, { recursive: true, force: true });
  for (const path of ["stacks", "outbox/.told"]) mkdirSync(join(folder, path), { recursive: true });
});

describe("an event", () => {
  it("is put into the outbox once, whatever its text, and nothing is where nobody is to be notified", () => {
    put("1.confirmed success 'shop serves'");
    expect(waiting()).toEqual([]);
    declare({ ops: { url: "json://localhost" } });
    const words = `1.confirmed success 'shop "1.4.0" serves' $'a\\tb\\n\\x01\\\\ é'`;
    expect(put(words)).toMatchObject({ code: 0, stdout: "", stderr: "" });
    put(words);
    expect(waiting()).toEqual(["shop.1.confirmed"]);
    const event = JSON.parse(readFileSync(join(outbox, "shop.1.confirmed"), "utf8")) as object;
    expect(event).toMatchObject({ title: 'shop "1.4.0" serves', reason: "a b  \\ é", owner: OWNER, events: "success" });
    rmSync(join(outbox, "shop.1.confirmed"));
    put(words);
    expect(waiting()).toEqual([]);
  });

  it("that cannot be written is no failure", () => {
    declare({ ops: { url: "json://localhost" } });
    rmSync(outbox, { recursive: true });
    writeFileSync(outbox, "");
    expect(put("1.confirmed success 'shop serves'; echo on")).toMatchObject({ code: 0, stdout: "on\n", stderr: "" });
  });

  it("is sent in the background, with no descriptor of the deployment, which goes on at once", async () => {
    declare({ ops: { url: "json://localhost" } });
    double("setsid", `readlink /proc/$$/fd/9 >"$ROOT/held"; : >"$ROOT/began"; sleep 3; : >"$ROOT/ended"`);
    const { code } = run(`export ROOT; exec 9>>"$DIR/lock"; OWNER='${OWNER}'; notify_event 1.start start t`);
    expect([code, existsSync(join(root, "ended"))]).toEqual([0, false]);
    await vi.waitFor(() => expect(existsSync(join(root, "began"))).toBe(true), 2000);
    expect(readFileSync(join(root, "held"), "utf8")).toBe("");
    rmSync(join(root, "programs/setsid"));
  });
});

describe("the outbox", () => {
  it("is sent to endpoints of every kind, in the time of the slowest; what was not taken waits", () => {
    const kinds = ["ok", "slow", "redirect", "fail", "hang"];
    declare(Object.fromEntries(kinds.map((how) => [how, { url: jsonTo(how) }])));
    put("1.reverted 'failure rollback' 'shop 1.4.1 failed: 1.4.0 serves as before' 'web is not healthy'");
    expect(send()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const results = Object.fromEntries(log().map(({ target, result, why }) => [target, [result, why]]));
    expect(results).toEqual({
      ok: ["taken", ""],
      slow: ["taken", ""],
      redirect: ["taken", ""],
      fail: ["not taken", "the service answered 503"],
      hang: ["not taken", expect.stringMatching(/^no answer within 15 s$|does not answer$/)],
    });
    expect(waiting()).toEqual(["shop.1.reverted@slipway+prod@fail", "shop.1.reverted@slipway+prod@hang"]);
    expect(endpoint.taken().find(({ asked }) => asked === "POST /ok")?.body).toMatchObject({
      title: "shop 1.4.1 failed: 1.4.0 serves as before on web-1 (slipway/prod)",
      type: "failure",
    });
    const { message } = endpoint.taken()[0]!.body!;
    expect(message.split("\n").filter((line) => !line.startsWith("When: "))).toEqual([
      "Why: web is not healthy",
      "Who: anna@github",
      "Log: https://github.com/anna/shop/actions/runs/7",
      "Commit: https://github.com/anna/shop/commit/abc",
    ]);
    // Nothing is tried again before its time.
    send();
    expect(log()).toHaveLength(5);
  });

  it("keeps no address anywhere but in the file of its stack, which only its owner reads", () => {
    declare({ fail: { url: jsonTo("fail") } });
    double("apprise", `printf '%s\\n' "$*" >>"$ROOT/words"; echo "ERROR - bad ${MARK}" >&2; exit 1`);
    put("1.refused failure 'shop was refused'");
    const { stdout, stderr } = send("export ROOT;");
    rmSync(join(root, "programs/apprise"));
    expect(log()).toMatchObject([
      { kind: "json", why: "apprise did not send it (exit code 1); is the address one of its own?" },
    ]);
    const words = readFileSync(join(root, "words"), "utf8");
    expect(words).toContain("--config /dev/fd/");
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
    expect(kept.filter((path) => readFileSync(path, "utf8").includes(MARK))).toEqual([
      join(folder, "stacks/slipway+prod.json"),
    ]);
    expect(`${stdout}${stderr}${words}`).not.toContain(MARK);
  });

  it("gives up after ten attempts, and says so", () => {
    declare({ ops: { url: jsonTo("ok") } });
    double("apprise", "exit 1");
    put("1.refused failure 'shop was refused'");
    for (let attempt = 0; attempt < 12; attempt++) {
      send();
      const tries = join(outbox, ".tries.shop.1.refused@slipway+prod@ops");
      if (existsSync(tries)) writeFileSync(tries, readFileSync(tries, "utf8").replace(/ \d+ /, " 0 "));
    }
    rmSync(join(root, "programs/apprise"));
    expect(log().map(({ result }) => result)).toEqual([...Array(9).fill("not taken"), "given up"]);
    expect(readdirSync(outbox)).toEqual([".told"]);
  });

  it("gives up after six hours, too, and at once what is to reach nobody any more", () => {
    declare({ old: { url: jsonTo("fail") }, gone: { url: jsonTo("ok") } });
    put("1.refused failure 'shop was refused'");
    run("spread_events");
    writeFileSync(join(outbox, ".tries.shop.1.refused@slipway+prod@old"), "2 0 1000000000");
    declare({ old: { url: jsonTo("fail") } });
    send();
    expect(log().map(({ target, result }) => [target, result])).toEqual(
      expect.arrayContaining([
        ["old", "given up"],
        ["gone", "given up"],
      ]),
    );
    expect(waiting()).toEqual([]);
  });

  it("waits where Apprise is missing", () => {
    declare({ ops: { url: jsonTo("ok") } });
    put("1.refused failure 'shop was refused'");
    double("apprise", "exit 127");
    expect(send()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    rmSync(join(root, "programs/apprise"));
    expect(log()).toMatchObject([{ result: "not taken", why: "apprise is not installed on this host" }]);
  });

  it("is sent by one at a time", () => {
    declare({ ops: { url: jsonTo("ok") } });
    put("1.refused failure 'shop was refused'");
    expect(send('exec 5>>"$NOTIFICATIONS/lock"; flock 5;')).toMatchObject({ code: 0 });
    expect(waiting()).toEqual(["shop.1.refused"]);
  });
});

describe("an event is told to", () => {
  const told = (words: string, before = ""): string[] => {
    put(words, before);
    const { stdout } = run('for event in "$OUTBOX"/[a-z]*; do wanted_by "$event"; done');
    return stdout.trim().split("\n").filter(Boolean).sort();
  };

  it("the targets that want it, by event and by application", () => {
    declare({
      all: { url: "json://a" },
      starts: { url: "json://a", on: ["start"] },
      back: { url: "json://a", on: ["rollback"] },
      blog: { url: "json://a", applications: ["blog"] },
      shop: { url: "json://a", applications: ["shop"] },
    });
    expect(told("1.reverted 'failure rollback' title")).toEqual(
      ["all", "back", "shop"].map((name) => `slipway/prod\t${name}`),
    );
  });

  it("the stack alone that owns the application and declares it here", () => {
    for (const stack of ["slipway/prod", "slipway/staging", "other/prod"]) declare({ ops: { url: "json://a" } }, stack);
    expect(told("1.refused failure title")).toEqual(["slipway/prod\tops"]);
    expect(told("2.refused failure title", "APP=blog;")).toEqual(["slipway/prod\tops"]);
  });

  it("nobody where no owner is known", () => {
    declare({ ops: { url: "json://a" } });
    expect(told("1.refused failure title", "OWNER='';")).toEqual([]);
  });
});

describe("a test", () => {
  it("tells of each target whether it was taken, without a word of its address", () => {
    declare({ ok: { url: jsonTo("ok") }, fail: { url: jsonTo("fail") } });
    const { stdout, code } = run("command_notify --test --stack slipway/prod");
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toEqual(
      expect.arrayContaining([
        { target: "ok", kind: "json", why: "" },
        { target: "fail", kind: "json", why: "the service answered 503" },
      ]),
    );
    expect(stdout).not.toContain(MARK);
  });

  it("of a stack without targets here is refused, with the remedy", () =>
    expect(run("command_notify --test --stack slipway/dev").stderr).toBe(
      "error: no notifications of slipway/dev are declared on this host; declare slipway:notifications, then run pulumi up\n",
    ));
});

describe("a preparation", () => {
  const prepare = (notifications?: object) => {
    writeFileSync(
      join(root, "request"),
      JSON.stringify({ deployKeys: { stack: "slipway/prod", lines: [] }, notifications }),
    );
    return run(`REQUEST=${root}/request; umask 077; notifications_become; stacks_in $NOTIFICATIONS`);
  };

  it("writes what is declared, for nobody else to read, and removes what is not any more", () => {
    rmSync(folder, { recursive: true });
    expect(prepare()).toMatchObject({ code: 0, stdout: "" });
    const targets = [{ name: "ops", url: `json://${MARK}`, on: ["failure"] }];
    const declared = { fingerprint: "00ff", host: "web-1", applications: ["shop"], targets };
    expect(prepare(declared)).toMatchObject({
      code: 0,
      stdout: "1 targets are notified of slipway/prod\nslipway/prod 00ff\n",
    });
    const file = join(folder, "stacks/slipway+prod.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ stack: "slipway/prod", ...declared });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(prepare()).toMatchObject({ code: 0, stdout: "nobody is notified of slipway/prod any more\n" });
    expect(existsSync(file)).toBe(false);
  });
});
