/** The range of addresses from which applications get theirs. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run, double } = hostShell("network");
const file = join(root, "slipway/pool");
const pool = () => run('if range=$(pool); then echo "$range"; else echo none; fi');
const docker = (inspect: string, remove = "true") =>
  double("docker", `case "$*" in "network inspect"*) ${inspect} ;; "network rm"*) ${remove} ;; esac`);

beforeEach(() => rmSync(file, { force: true }));

describe("the range of the networks", () => {
  it.each([
    ["172.21.0.0/16", "172.21.0.0/16"],
    ["172.21.3.64/28", "172.21.3.64/26"],
  ])("is what Docker finds free, and large enough: %s", (given, range) => {
    docker(`echo ${given}; echo fd00::/64`);
    expect(pool().stdout).toBe(`${range}\n`);
    docker("exit 1");
    expect(pool().stdout).toBe(`${range}\n`);
  });

  it.each([
    ["does not answer", "exit 1", "true"],
    ["says nothing", "true", "true"],
    ["says something else", "echo '<no value>.'", "true"],
    ["does not let it go", "echo 172.21.0.0/16", "exit 1"],
  ])("is not written down where Docker %s", (_, inspect, remove) => {
    docker(inspect, remove);
    expect(pool().stdout).toBe("none\n");
    expect(existsSync(file)).toBe(false);
  });

  it("is asked for again where what is written down is none", () => {
    docker("echo 172.21.0.0/16");
    for (const text of ["", "\n", "172.21.0.0\n"]) {
      writeFileSync(file, text);
      expect(pool().stdout).toBe("172.21.0.0/16\n");
      expect(readFileSync(file, "utf8")).toBe("172.21.0.0/16\n");
    }
  });
});
