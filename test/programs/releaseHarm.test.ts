/** `slipway release` that is ended, or whose git fails, at each call that changes something: what is left, and what the next run makes of it. */
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { finish } from "../../cli/release/finish.ts";
import { start } from "../../cli/release/start.ts";
import { Git } from "../../cli/version/git.ts";
import { Replaced } from "../../cli/version/replace.ts";
import { useGitFlow } from "../support/gitFlow.ts";
import { CHECKOUT, start as launch } from "../support/run.ts";

const shop = useGitFlow();
const { git, commit, remote, prepare, at } = shop;
const CHANGES = ["add", "branch", "commit", "commit-tree", "push", "reset", "switch", "tag", "update-ref"];
const real = Git.prototype.try;
const isChange = (words: string[]): boolean =>
  CHANGES.includes(words.find((word) => /^[a-z]+(?:-[a-z]+)*$/.test(word))!);
afterEach(() => vi.restoreAllMocks());

/** @returns how many changes were asked of git */
function withGit(act: () => void, harm?: { at: number; kind: "fails" | "dies" }): number {
  let count = 0;
  let isDead = false;
  vi.spyOn(Git.prototype, "try").mockImplementation(function (this: Git, words, input, extra) {
    // Whoever is dead takes nothing back.
    if (isDead) throw new Error("dead");
    const is = isChange(words);
    if (is && harm?.kind === "fails" && harm.at === count++)
      return { status: 1, stdout: "", stderr: "git fails", signal: null } as ReturnType<typeof real>;
    const said = real.call(this, words, input, extra);
    if (is && harm?.kind !== "fails" && harm?.at === count++) isDead = true;
    return said;
  });
  if (harm?.kind === "dies") {
    const giveBack = Replaced.prototype.giveBack;
    vi.spyOn(Replaced.prototype, "giveBack").mockImplementation(function (this: Replaced, files) {
      return isDead ? [] : giveBack.call(this, files);
    });
  }
  try {
    act();
  } finally {
    vi.restoreAllMocks();
  }
  return count;
}

/** What does not depend on when it was made. */
function picture(): unknown {
  const of = (ask: (...args: string[]) => string): string[] => [
    ask("for-each-ref", "--format=%(refname) %(objecttype) %(tree) %(*tree)", "refs/heads", "refs/tags"),
    ask("log", "--graph", "--format=%s", "--all"),
  ];
  return { here: of(git), there: of(remote), on: git("symbolic-ref", "HEAD"), status: git("status", "--porcelain") };
}

const kept = (): string => join(shop.around, "kept");
const keep = (): void =>
  ["shop", "remote.git"].forEach((name) => cpSync(join(shop.around, name), join(kept(), name), { recursive: true }));
function again(): void {
  for (const name of ["shop", "remote.git"]) {
    rmSync(join(shop.around, name), { recursive: true });
    cpSync(join(kept(), name), join(shop.around, name), { recursive: true });
  }
}

const ACTS = {
  start: () => start(shop.folder, { push: true }),
  finish: () => finish(shop.folder, { push: true }),
};

beforeEach(() => {
  prepare();
});

it.each(["start", "finish"] as const)(
  "%s ends the same, wherever it was ended before",
  (name) => {
    const act = ACTS[name];
    if (name === "finish") {
      ACTS.start();
      commit("Mend search", "search.txt");
      git("switch", "--quiet", "develop");
      commit("Go on", "next.txt");
    }
    keep();
    const before = picture();
    const count = withGit(act, { at: -1, kind: "fails" });
    const after = picture();
    expect(count).toBeGreaterThan(name === "start" ? 3 : 8);
    for (let index = 0; index < count; index++) {
      again();
      let left: string | undefined;
      let failed = "";
      withGit(
        () => {
          try {
            left = act().left;
          } catch (error) {
            failed = (error as Error).message;
          }
        },
        { at: index, kind: "fails" },
      );
      if (left === undefined) {
        expect([index, failed]).toEqual([
          index,
          expect.stringMatching(/git fails[\s\S]*\nEverything is as it was before\.$/),
        ]);
        expect([index, picture()]).toEqual([index, before]);
      } else {
        // What is pushed is not taken back.
        act();
        expect([index, left, picture()]).toEqual([
          index,
          expect.stringMatching(/^git \w+ failed: git fails; mend/),
          after,
        ]);
      }

      again();
      withGit(
        () => {
          try {
            act();
          } catch {
            // It is dead.
          }
        },
        { at: index, kind: "dies" },
      );
      act();
      expect([index, picture()]).toEqual([index, after]);
    }
    expect(at(shop.folder, "fsck", "--connectivity-only", "--no-dangling")).toBe("");
  },
  240_000,
);

/** Starts `slipway release finish --push`, which a hook of the push holds. @returns what came of it after the signal */
async function ended(signal: NodeJS.Signals): Promise<{ code: number; stderr: string }> {
  const [hook, reached] = [join(shop.folder, ".git/hooks/pre-push"), join(shop.around, "reached")];
  // One process from there on: what the shell would begin a moment after the signal would not get it.
  writeFileSync(hook, `#!/bin/sh\nexec sh -c 'touch "$0"; exec sleep 60' '${reached}'\n`, { mode: 0o755 });
  const words = [join(CHECKOUT, "cli/slipway.ts"), "release", "finish", "--push"];
  const running = launch(process.execPath, words, { cwd: shop.folder });
  while (!existsSync(reached)) await sleep(10);
  await sleep(200);
  running.kill(signal, "group");
  const result = await running.result;
  rmSync(hook);
  return result;
}

it("Ctrl-C during the push ends it with 130, and all is as it was", async () => {
  ACTS.start();
  const before = picture();
  const { code, stderr } = await ended("SIGINT");
  expect([code, stderr]).toEqual([130, "slipway: ended by Ctrl-C\nEverything is as it was before.\n"]);
  expect(picture()).toEqual(before);
});

it("SIGKILL during the push leaves what the next finish completes", async () => {
  ACTS.start();
  await ended("SIGKILL");
  expect(finish(shop.folder, { push: true }).done).toBe("pushed");
  expect(remote("rev-parse", "main", "v1.5.0^{commit}").split("\n")).toEqual(Array(2).fill(git("rev-parse", "main")));
});
