/** `slipway lock` and `slipway unlock` on a host, and what meets them; deployments outside of a window. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { escapedReason } from "../../components/shared/reason.ts";
import { hostShell } from "../support/hostShell.ts";
import { quote } from "../support/ssh.ts";

const { root, run, double } = hostShell("freeze", { docker: "exit 0", sync: "exit 0" });
const shop = (file: string): string => join(root, "shop", file);
const OWNER = "prod::infra::slipway:stack:ComposeStack::shop@web-1";
const lock = (reason: string, by = "anna@laptop") => run(`command_lock shop --by ${by} --reason ${quote(reason)}`);
const ledger = () =>
  readFileSync(shop("ledger.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeEach(() => {
  writeFileSync(shop("releases/0123456789ab/confirmed"), "");
  for (const file of ["frozen.json", "ledger.jsonl", "deployment.json", "run/1/outside"])
    rmSync(shop(file), { force: true });
});

describe("an application that is locked", () => {
  it("says who did it, when and why, in all characters; unlocked it says so once more, and then nothing", () => {
    const reason = 'Überlauf 🚢 "jetzt" \\ $(id)';
    const { stdout, stderr, code } = lock(escapedReason(reason));
    expect([code, stderr]).toEqual([0, ""]);
    const freeze = { by: "anna@laptop", since: expect.stringMatching(/^\d{4}-.*Z$/), reason };
    expect(JSON.parse(stdout)).toEqual({ ...freeze, underway: false });
    expect(JSON.parse(run("command_unlock shop --by ben@home").stdout)).toEqual(freeze);
    expect(run("command_unlock shop")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(ledger()).toMatchObject([
      { action: "lock", result: "locked", by: "anna@laptop", reason },
      {
        action: "unlock",
        result: "unlocked",
        by: "ben@home",
        reason: expect.stringMatching(/^it was locked by anna@laptop since .*: Überlauf/),
      },
    ]);
  });

  it("by an administrator's key is not released by a deploy key, which releases what a deploy key has locked", () => {
    lock("the sale");
    expect(run("export SLIPWAY_GATE=1; command_unlock shop")).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /is locked by anna@laptop .*a deploy key may not release it\. Nothing was changed\.\n$/,
      ),
    });
    expect(existsSync(shop("frozen.json"))).toBe(true);
    expect(run("command_unlock shop").code).toBe(0);
    expect(run("export SLIPWAY_GATE=1; command_lock shop --by ci --reason tests").code).toBe(0);
    expect(run("export SLIPWAY_GATE=1; command_unlock shop").code).toBe(0);
    expect(existsSync(shop("frozen.json"))).toBe(false);
  });

  it("by hand takes the words as they are", () =>
    expect(JSON.parse(run(`command_lock shop --reason 'say "no" \\ more'`).stdout)).toMatchObject({
      by: expect.stringMatching(/^by hand: /),
      reason: 'say "no" \\ more',
    }));

  it("stays as it is where it is locked again, which only another person or reason is told", () => {
    const { since } = JSON.parse(lock("the sale").stdout);
    expect(JSON.parse(lock("the sale").stdout).since).toBe(since);
    expect(lock("more", "ben@home")).toMatchObject({
      code: 3,
      stderr: `error: shop is locked already by anna@laptop since ${since}: the sale; slipway unlock shop releases it. Nothing was changed.\n`,
    });
    expect(ledger()).toHaveLength(1);
  });

  it("by another stack cannot be", () => {
    writeFileSync(shop("deployment.json"), JSON.stringify({ release: "r", owner: OWNER }));
    for (const command of ["lock shop --reason x", "unlock shop"])
      expect(run(`command_${command} --owner dev::infra::slipway:command::shop@web-1`)).toMatchObject({
        code: 4,
        stderr: expect.stringContaining("shop on this host belongs to the stack prod of the project infra, not to"),
      });
    expect(run("command_lock shop --reason x --owner prod::infra::slipway:command::shop@other").code).toBe(0);
  });

  it.each([
    ["deploy", "command_deploy shop --release 0123456789ab"],
    ["stage", "command_stage shop --release 0123456789ab --token t"],
    ["destroy", "command_destroy shop --owner o --data"],
  ])("refuses %s, and changes nothing", (_, command) => {
    lock("the sale");
    const { code, stderr } = run(
      `mkdir -p "$ROOT/here"; HERE=$ROOT/here; receive() { echo received >&2; }; remove_application() { echo removed >&2; }\n${command}`,
    );
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(
        /^error: shop is locked by anna@laptop since \S+: the sale; slipway unlock shop releases it\. Nothing was changed\.\n$/,
      ),
    ]);
  });

  it("refuses also where its file cannot be read, and names it", () => {
    writeFileSync(shop("frozen.json"), "{");
    expect(run("refuse_if_frozen").stderr).toContain(
      `shop is locked by somebody, as ${shop("frozen.json")} says, which`,
    );
    expect(JSON.parse(run("command_unlock shop").stdout)).toEqual({ by: "somebody" });
    expect(existsSync(shop("frozen.json"))).toBe(false);
  });

  it("tells that a deployment is under way, which goes on", () =>
    expect(JSON.parse(run("take_lock 0 me; exec 8>&9; command_lock shop --reason x").stdout)).toMatchObject({
      underway: true,
    }));
});

describe("a deployment window", () => {
  const zone = { days: [7], from: "22:00", until: "04:00", timeZone: "Europe/Berlin" };
  /** Its `date` tells a moment by the zone that it is asked for. */
  const at = (moment: string, window: object, outside = "") => {
    double("date", `exec /bin/date -d ${quote(moment)} "$@"`);
    return run(`declare -A MANIFEST=(["$RELEASE.preflight.window"]=${quote(JSON.stringify(window))})
OUTSIDE=${quote(outside)}
window_open "$RELEASE"`);
  };

  it.each([
    ["2026-11-29T20:59:00Z", 1],
    ["2026-11-29T21:00:00Z", 0],
    ["2026-11-30T02:59:00Z", 0],
    ["2026-11-30T03:00:00Z", 1],
    ["2026-07-05T20:00:00Z", 0],
    ["2026-07-06T02:00:00Z", 1],
    ["2026-11-28T23:00:00Z", 1],
  ])("of another time zone goes by its clock, over midnight: at %s the host answers %i", (moment, code) =>
    expect(at(moment, zone).code).toBe(code),
  );

  it("without a zone is in UTC, and says what it is when it is closed", () =>
    expect(at("2026-11-28T17:00:00Z", { days: [6], from: "08:00", until: "17:00" })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "error: outside the deployment window of shop (days 6, 08:00 to 17:00 UTC; now day 6, 17:00). Nothing was changed.\n",
    }));

  it("of a zone that the host does not know is no window in UTC", () =>
    expect(at("2026-11-29T21:00:00Z", { ...zone, timeZone: "Europe/Nowhere" })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "this host does not know the time zone Europe/Nowhere of the deployment window of shop",
      ),
    }));

  it("that is closed is passed for a reason, which the ledger keeps; one that is open needs none", () => {
    const reason = "kein Überblick";
    expect(at("2026-11-28T12:00:00Z", zone, escapedReason(reason))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^outside the deployment window of shop \(.*\), for a reason: kein Überblick\n$/),
    });
    run("ledger deploy confirmed 0123456789ab 1.4.0 ''");
    expect(ledger().at(-1)).toMatchObject({ result: "confirmed", outsideWindow: reason });
    rmSync(shop("run/1/outside"));
    expect(at("2026-11-29T21:00:00Z", zone, reason)).toMatchObject({ code: 0, stdout: "" });
    run("ledger deploy confirmed 0123456789ab 1.4.0 ''");
    expect(ledger().at(-1)).not.toHaveProperty("outsideWindow");
  });
});
