/** A sample of the exhaustive run (test/exhaustive): of one scene, by chance. The seed is printed, and SLIPWAY_SEED repeats it. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { actsOf, type Case } from "../exhaustive/support/cases.ts";
import { Lane, type Result } from "../exhaustive/support/lane.ts";
import { type Place, sandboxHost } from "../exhaustive/support/place.ts";
import { clear, prepare } from "../exhaustive/support/prepare.ts";
import { SCENES } from "../exhaustive/support/scenes.ts";
import { expectNoneOpen, runCases } from "../exhaustive/support/suite.ts";
import { table } from "../exhaustive/support/table.ts";
import { ensureHosts, own } from "../support/hosts.ts";

const SEED = Number(process.env.SLIPWAY_SEED ?? Date.now() % 1_000_000);
/** Of cases, beside what preparing the host takes. */
const BUDGET_MS = 30_000;
const results: Result[] = [];
let place: Place;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function* numbers(from: number): Generator<number, never> {
  for (let state = from; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function shuffled(cases: readonly Case[]): Case[] {
  return cases
    .map((one) => ({ one, at: random.next().value }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

const random = numbers(SEED);
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random.next().value * all.length)]!;
const scene = oneOf(SCENES);

beforeAll(async () => {
  console.log(`SLIPWAY_SEED=${SEED}`);
  await ensureHosts();
  place = await sandboxHost(own[0]);
  await prepare(place, [scene]);
});

afterAll(async () => {
  console.log(table(results));
  await clear(place);
});

describe("whatever call of a deployment fails, hangs or is its last", () => {
  test(`one version of ${scene} serves, or it is said that none does`, async () => {
    const lane = new Lane(place, scene);
    const cases = shuffled(await lane.cases(oneOf(actsOf(scene))));
    results.push(...(await runCases(lane, cases, performance.now() + BUDGET_MS)));
    expectNoneOpen(results);
  });
});
