import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { expectOk, run, start } from "../support/run.ts";
import { findMarker, needles, plant, sampleProcesses } from "../support/secrets.ts";
import { quote } from "../support/ssh.ts";

describe("run", () => {
  test("collects output, code and time", async () => {
    const result = await run("sh", ["-c", "cat; echo wrong >&2; exit 3"], { input: "given" });
    expect(result).toMatchObject({ code: 3, stdout: "given", stderr: "wrong\n" });
    expect(() => expectOk(result)).toThrow("exit code 3");
  });

  test("kills the whole group after the time limit", async () => {
    const result = await run("sh", ["-c", "sleep 30 & echo $!; wait"], { timeoutSeconds: 0.3 });
    expect(result.code).toBe(124);
    expect(result.seconds).toBeLessThan(30);
    await sleep(100);
    expect(await isAlive(Number(result.stdout))).toBe(false);
  });

  test("kills a background process alone, whose children live on", async () => {
    const running = start("sh", ["-c", "sleep 30 & echo child $!; wait"]);
    await running.until(/child \d+/);
    running.kill("SIGKILL");
    expect((await running.result).code).toBe(137);
    const child = Number(/child (\d+)/.exec(running.output())?.[1]);
    expect(await isAlive(child)).toBe(true);
    process.kill(child, "SIGKILL");
  });

  test("rejects a wait for what is never said, and a command that does not exist", async () => {
    await expect(start("echo", ["one"]).until(/two/)).rejects.toThrow("ended with 0 before /two/");
    await expect(run("/does/not/exist", [])).rejects.toThrow("ENOENT");
  });
});

test("quote keeps a text whole through the shell", async () => {
  const odd = `it's "odd" $HOME \\ \n ünï`;
  expect((await run("sh", ["-c", `printf %s ${quote(odd)}`])).stdout).toBe(odd);
});

describe("findMarker", () => {
  test("sees the marker, plain and in Base64, at any offset", () => {
    const marker = plant();
    for (const before of ["", "a", "ab", "abc"]) {
      const encoded = Buffer.from(`${before}${marker}tail`).toString("base64");
      expect(
        needles(marker).some((needle) => encoded.includes(needle)),
        before,
      ).toBe(true);
    }
    expect(needles(marker).some((needle) => plant().includes(needle))).toBe(false);
  });

  test("names texts and files", async () => {
    const marker = plant("token");
    const folder = mkdtempSync(join(tmpdir(), "slipway-find-"));
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "deep/state.json"), `{"value":"${marker}"}`);
    writeFileSync(join(folder, "clean.json"), "{}");
    const { leaks } = await findMarker(marker, { texts: { stdout: `x${marker}x`, stderr: "" }, folders: [folder] });
    rmSync(folder, { recursive: true });
    expect(leaks).toEqual([join(folder, "deep/state.json"), "stdout"].sort());
  });

  test("samples command lines without showing the marker itself", async () => {
    const marker = plant("argument");
    const quiet = await sampleProcesses([plant(), marker]);
    await sleep(300);
    expect(await quiet.stop()).toEqual([]);
    const watching = await sampleProcesses([plant(), marker]);
    await run("sh", ["-c", "sleep 0.5; exit 0", "program", marker]);
    expect(await watching.stop()).toEqual(["this machine: process sh -c sleep 0.5; exit 0 program MARKER"]);
  });
});

async function isAlive(pid: number): Promise<boolean> {
  const { code, stdout } = await run("ps", ["-o", "stat=", "-p", String(pid)]);
  return code === 0 && !stdout.startsWith("Z");
}
