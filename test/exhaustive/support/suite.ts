/** The exhaustive run of one scene: all cases of its three acts, on the two hosts of a worker. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureHosts, own } from "../../support/hosts.ts";
import { seed } from "../../support/sandbox.ts";
import { SANDBOX } from "../../support/ssh.ts";
import { type Act, actsOf, type Case, parseCase } from "./cases.ts";
import { Lane, type Result } from "./lane.ts";
import { type Place, sandboxHost } from "./place.ts";
import { clear, prepare } from "./prepare.ts";
import type { Scene } from "./scenes.ts";
import { table } from "./table.ts";

/** Cases of one session on a host, where no time is set. */
const TOGETHER = 5;
const HOURS = 12 * 3_600_000;
/** Names of cases, separated by spaces, that are run instead of all. */
const CHOSEN = (process.env.SLIPWAY_CASES ?? "")
  .split(" ")
  .filter((name) => name !== "")
  .map(parseCase);

/** Cases of other kinds, which have no names and are left out where some are chosen by theirs. */
export const matrix = describe.skipIf(CHOSEN.length > 0);

export const titles: Record<Act, string> = {
  rollout: "one verified version serves, or it is said that none does, whatever happens at any call of a rollout",
  revert:
    "the version before serves, or it is said that none does, whatever happens at any call of a rollout that fails",
  recovery: "one verified version serves, or it is said that none does, whatever happens at any call of a recovery",
  first: "a verified version serves, or nothing is there, whatever happens at any call of a first deployment",
};

/** Runs cases and tells how they ended as they do, in a file too, as the whole takes long. */
export async function runCases(
  lane: Lane,
  cases: readonly Case[],
  until = Number.POSITIVE_INFINITY,
): Promise<Result[]> {
  const folder = join(SANDBOX, "tests");
  mkdirSync(folder, { recursive: true });
  const results: Result[] = [];
  const together = until === Number.POSITIVE_INFINITY ? TOGETHER : 1;
  for (let at = 0; at < cases.length && performance.now() < until; at += together) {
    const found = await lane.run(cases.slice(at, at + together));
    results.push(...found);
    for (const one of found) appendFileSync(join(folder, "exhaustive.jsonl"), `${JSON.stringify(one)}\n`);
  }
  return results;
}

export function exhaust(scene: Scene): void {
  const places: Place[] = [];
  const results: Result[] = [];

  beforeAll(async () => {
    await ensureHosts();
    await seed("shop:1.0.0");
    places.push(...(await Promise.all(own.map(sandboxHost))));
    await Promise.all(places.map((place) => prepare(place, [scene])));
  }, HOURS);

  afterAll(async () => {
    console.log(table(results));
    await Promise.all(places.map(clear));
  });

  async function run(act: Act): Promise<Result[]> {
    // The acts of a host wait for each other, as they change the same application.
    const lane = new Lane(places[act === "rollout" ? 0 : 1]!, scene);
    const chosen = CHOSEN.filter((one) => one.scene === scene && one.act === act);
    if (CHOSEN.length > 0 && chosen.length === 0) return [];
    const found = await runCases(lane, CHOSEN.length > 0 ? chosen : await lane.cases(act));
    results.push(...found);
    return found;
  }

  describe(scene, { concurrent: true }, () => {
    test(titles.rollout, { timeout: HOURS }, async () => expectNoneOpen(await run("rollout")));
    describe("on the other host", { concurrent: false }, () => {
      for (const act of actsOf(scene).filter((one) => one !== "rollout"))
        test(titles[act], { timeout: HOURS }, async () => expectNoneOpen(await run(act)));
    });
  });
}

export const expectNoneOpen = (results: readonly Result[]): void =>
  expect(
    Object.fromEntries(results.filter(({ open }) => open.length > 0).map(({ name, open }) => [name, open])),
  ).toEqual({});
