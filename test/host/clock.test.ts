/** Hosts whose clocks are wrong. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHECKOUT, expectOk, run } from "../support/run.ts";
import { served } from "../support/served.ts";
import { ledger } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { second, slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "clock";
/** The second host's time is right, the first's is not. */
const [wrong, right] = [new Deployment(target, sample(NAME)), new Deployment(second, sample(NAME))];
const DATE =
  '#!/bin/sh\n# A date long past, whatever is asked.\nexec /bin/date --date="@$(( $(/bin/date +%s) - 700000000 ))" "$(printf %s\\\\n "$@" | grep ^+ || echo +%c)"\n';

beforeAll(() => ready(wrong, right));
afterAll(async () => {
  await target.ask("sudo rm -f /usr/local/bin/date");
  await Promise.all([wrong.end(), right.end()]);
});

test("deadlines follow the time since the machine started", async () => {
  const script = `. components/host/scripts/lib/base.sh; unset EPOCHREALTIME; EPOCHREALTIME=1.000000; now; a=$NOW; EPOCHREALTIME=0.000000; sleep 0.1; now; echo $((NOW - a))`;
  const { stdout } = expectOk(await run("bash", ["-c", script], { cwd: CHECKOUT }));
  expect(Number(stdout)).toBeGreaterThanOrEqual(90);
  expect(Number(stdout)).toBeLessThan(10_000);
});

test("a host whose date is long past deploys as one whose date is right, goes back by hand, and keeps the order of its ledger", async () => {
  await target.write("/usr/local/bin/date", DATE, "755");
  expect(await target.ask("date -u +%Y")).toMatch(/^200\d/);
  for (const version of ["1.0.0", "1.1.0"]) await Promise.all([wrong.deployed(version), right.deployed(version)]);
  for (const { target: host, domain } of [wrong, right]) {
    expect(await served(host, domain)).toBe("1.1.0");
    expect((await ledger(host, NAME)).map(({ result, version }) => `${result} ${version}`)).toEqual([
      "confirmed 1.0.0",
      "confirmed 1.1.0",
    ]);
  }
  expect(await wrong.seen()).toMatchObject({ version: "1.1.0", differences: [], underway: null });
  expectOk(await slipway(`rollback ${NAME}`));
  expect(await served(target, wrong.domain)).toBe("1.0.0");

  await target.ask("sudo rm /usr/local/bin/date");
  await wrong.deployed("1.1.0");
  expect(await served(target, wrong.domain)).toBe("1.1.0");
});
