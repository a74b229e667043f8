/** Which cases the exhaustive run makes of the calls that it counted. */
import { describe, expect, it } from "vitest";
import { type Call, casesOf, nameOf, parseCase } from "../exhaustive/support/cases.ts";

const ASKS = "-q --silent --max-time 30 --unix-socket /var/run/docker.sock --request GET http://docker/info";
const TELLS =
  "-q --silent --max-time 30 --unix-socket /var/run/docker.sock --request POST http://docker/containers/1/start";

/** A call of `work`, as the number of its program says. */
const call = (program: string, number: number, files: string, words = ""): Call => ({
  command: "work",
  number,
  program,
  files,
  words,
});

/** Of each call the harms that are done there. */
function harmsOf(calls: readonly Call[]): string[][] {
  const { cases } = casesOf("rolling", "rollout", calls);
  return calls.map(({ program, number }) =>
    cases.filter((one) => one.program === program && one.number === number).map(({ harm }) => harm),
  );
}

describe("of the calls of a run the exhaustive run", () => {
  it("lets each fail", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("jq", 2, "a"), call("mv", 1, "a")]);
    expect(harms.map((all) => all.includes("fail"))).toEqual([true, true, true]);
  });
  it("lets each that changes something fail after it has done so", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("mv", 1, "a"), call("mv", 2, "a"), call("curl", 1, "a", TELLS)]);
    expect(harms.map((all) => all.includes("late"))).toEqual([false, true, true, true]);
  });
  it("lets a question to Docker fail once after it was answered", () => {
    const harms = harmsOf([call("curl", 1, "a", ASKS), call("curl", 2, "a", ASKS)]);
    expect(harms.map((all) => all.includes("late"))).toEqual([true, false]);
  });
  it("kills once where no file has changed since the call before", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("mv", 1, "a"), call("jq", 2, "b"), call("sed", 1, "b")]);
    expect(harms.map((all) => all.includes("kill"))).toEqual([true, false, true, false]);
  });
  it("kills again after a call that told Docker something, and not after one that asked it", () => {
    const harms = harmsOf([call("curl", 1, "a", ASKS), call("curl", 2, "a", TELLS), call("jq", 1, "a")]);
    expect(harms.map((all) => all.includes("kill"))).toEqual([true, false, true]);
  });
  it("kills where the files are as they were before, but have been others meanwhile", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("rm", 1, "b"), call("jq", 2, "a")]);
    expect(harms.map((all) => all.includes("kill"))).toEqual([true, true, true]);
  });
  it("kills the worker alone at each call that goes on and changes something", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("mv", 1, "a"), call("jq", 2, "a")]);
    expect(harms.map((all) => all.includes("worker"))).toEqual([true, true, false]);
  });
  it("fills the disk once where no file has changed since the call before", () => {
    const harms = harmsOf([call("jq", 1, "a"), call("dd", 1, "a"), call("mv", 1, "b")]);
    expect(harms.map((all) => all.includes("full"))).toEqual([true, false, true]);
  });
  it("lets each call hang that tells Docker something, and those that ask it once", () => {
    const harms = harmsOf([call("curl", 1, "a", ASKS), call("curl", 2, "a", ASKS), call("curl", 3, "a", TELLS)]);
    expect(harms.map((all) => all.includes("hang"))).toEqual([true, false, true]);
  });
  it("counts what it leaves out", () => {
    // At the second one: killed, its worker killed, hanging, and the disk full.
    expect(casesOf("rolling", "rollout", [call("jq", 1, "a"), call("jq", 2, "a")]).same).toBe(4);
  });
  it("kills at what a time limit was set for, not at what sets it", () => {
    const words = "--kill-after 5 30 docker exec slipway-proxy caddy reload";
    const harms = harmsOf([call("timeout", 1, "a", words), call("docker", 1, "a", "exec slipway-proxy caddy reload")]);
    expect(harms).toEqual([
      ["fail", "hang"],
      ["fail", "late", "kill", "worker", "full"],
    ]);
  });
  it("takes Compose for a program of its own, as no shim stands before it", () => {
    const words =
      "--kill-after 10 300 /usr/libexec/docker/cli-plugins/docker-compose --project-name shop up --no-start";
    expect(harmsOf([call("timeout", 1, "a", words)])).toEqual([["fail", "late", "kill", "worker", "hang", "full"]]);
  });
});

describe("the name of a case", () => {
  it("is read as it is written", () => {
    const one = {
      scene: "whole",
      act: "first",
      command: "work",
      program: "sha256sum",
      number: 12,
      harm: "late",
    } as const;
    expect(parseCase(nameOf(one))).toEqual(one);
  });
  it("of another kind is refused with an example", () => {
    expect(() => parseCase("rolling:rollout:work-7:fail")).toThrow("rolling:rollout:work-curl-7:fail");
  });
});
