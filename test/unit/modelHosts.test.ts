/** Which rounds of messages make several hosts one deployment: test/support/model/hosts.ts. */
import { describe, expect, test } from "vitest";
import { type Rounds, searchHosts } from "../support/model/hosts.ts";

const WHOLE: Rounds = {
  rounds: ["stage", "deploy", "prepare", "confirm"],
  reserves: true,
  promiseLasts: true,
  promiseSurvives: true,
};
const DIFFER = "hosts differ though nothing was lost among the confirmations";

describe("two hosts", () => {
  test("differ only where something was lost among the confirmations, and the program says so unless it was killed", () => {
    const { states, mixed, found } = searchHosts(WHOLE);
    console.info(`two hosts: ${states} states, in ${mixed} of them they rest with different versions`);
    expect(found).toBeUndefined();
    expect(mixed).toBeGreaterThan(0);
  });

  test.each([
    ["no host is asked whether it can confirm", { rounds: ["stage", "deploy", "confirm"] }, DIFFER],
    ["a promise may end while another host is still asked", { promiseLasts: false }, DIFFER],
    ["a host that crashes forgets its promise", { promiseSurvives: false }, DIFFER],
    [
      "what is staged is not kept for its deployment",
      { reserves: false },
      "a host was switched while another was held by somebody else",
    ],
  ] as [string, Partial<Rounds>, string][])("break a rule where %s", (_, change, rule) =>
    expect(searchHosts({ ...WHOLE, ...change }).found?.rule).toBe(rule),
  );
});
