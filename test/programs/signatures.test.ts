/** Signatures are verified by the tool that the settings name: here programs of the test's own. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unsignedOf, verified } from "../../components/deployment/signatures.ts";
import { LATER } from "../../components/policies/facts.ts";
import { DIGEST } from "../fixtures/application.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder("signatures");
const calls = join(folder, "calls");
const tool = join(folder, "verify");
writeFileSync(
  tool,
  `#!/bin/sh\necho "$*" >>${calls}\necho planted-secret >&2\ncase $2 in *good*) exit 0 ;; *) exit 7 ;; esac\n`,
);
chmodSync(tool, 0o755);

const GOOD = `ghcr.io/anna/good@${DIGEST}`;
const BAD = `ghcr.io/anna/bad@${DIGEST}`;
const OURS = { repositories: ["ghcr.io/anna"], verify: [tool, "--image", "{image}"] };

describe("an image", () => {
  it("of the declared repositories is asked about once, whatever else runs it", async () => {
    const images = { web: GOOD, worker: GOOD, api: BAD, db: `docker.io/library/postgres@${DIGEST}` };
    expect(await unsignedOf(images, OURS)).toEqual({ api: `${tool} ended with 7` });
    expect(readFileSync(calls, "utf8").trim().split("\n").sort()).toEqual([`--image ${BAD}`, `--image ${GOOD}`]);
  });

  it.each<[string, string, string[], string[]]>([
    ["below a registry", BAD, ["ghcr.io"], ["web"]],
    ["below an owner with a slash", BAD, ["ghcr.io/anna/"], ["web"]],
    ["of exactly that repository", BAD, ["ghcr.io/anna/bad"], ["web"]],
    ["of a repository whose name only begins so", BAD, ["ghcr.io/anna/ba"], []],
    ["of another registry", BAD, ["docker.io"], []],
    ["that is known later", LATER, ["ghcr.io"], ["web"]],
    ["that is known later, where nothing must be signed", LATER, [], []],
  ])("%s: %s, %j", async (_, image, repositories, services) =>
    expect(Object.keys(await unsignedOf({ web: image }, { ...OURS, repositories }))).toEqual(services),
  );

  it.each([["docker.io"], ["redis.example.com", "index.docker.io/library/redis"], ["docker.io/redis"]])(
    "of Docker's own is known under all its names: %s %s",
    async (...repositories) => {
      const images = { web: `redis@${DIGEST}`, db: `docker.io/library/redis@${DIGEST}` };
      expect(Object.keys(await unsignedOf(images, { ...OURS, repositories }))).toEqual(["web", "db"]);
    },
  );

  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it("is asked about within a time, whatever the tool ignores and leaves behind", async () => {
    const stubborn = script("stubborn", "trap '' TERM\nsleep 5 &\nwhile :; do sleep 0.1; done");
    expect(await verified(GOOD, [stubborn, "{image}"], 300)).toBe(`${stubborn} did not end within 0.3 s`);
    const leaving = script("leaving", "sleep 5 &\nexit 0");
    const start = performance.now();
    expect(await verified(GOOD, [leaving, "{image}"])).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it("is signed however much the tool prints, and is not where a signal ended it", async () => {
    expect(await verified(GOOD, [script("chatty", "head -c 3000000 /dev/zero"), "{image}"])).toBeUndefined();
    const killed = script("killed", "kill -SEGV $$");
    expect(await verified(GOOD, [killed, "{image}"])).toBe(`${killed} was ended by SIGSEGV`);
  });

  it("is not taken for signed where the tool cannot be run", async () =>
    expect(await unsignedOf({ web: GOOD }, { ...OURS, verify: [join(folder, "missing"), "{image}"] })).toEqual({
      web: `${join(folder, "missing")} cannot be run (ENOENT)`,
    }));
});
