import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StackState } from "../../components/state/stateFile.ts";
import { temporaryFolder } from "../support/folder.ts";

const stackExport = vi.hoisted(() => vi.fn());
vi.mock("../../components/state/stackExport.ts", () => ({ stackExport }));
const { keepExport, keptExports, readExport, isWorthKeeping } = await import(
  "../../components/operations/state/keepExport.ts"
);

const STACK = "urn:pulumi:dev::slipway::slipway:index:Application$slipway:stack:ComposeStack::shop";

/** A state after the deployment of a release, made in a minute. */
function state(
  release: string,
  minute: number,
  change: Partial<NonNullable<StackState["deployment"]>> = {},
): StackState {
  return {
    version: 3,
    deployment: {
      manifest: { time: `2026-11-21T10:${String(minute).padStart(2, "0")}:30.123456Z` },
      resources: [
        { urn: "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev", type: "pulumi:pulumi:Stack" },
        { urn: STACK, type: "slipway:stack:ComposeStack", outputs: { release } },
        {
          urn: `${STACK}-host-1`,
          type: "command:remote:Command",
          parent: STACK,
          inputs: { create: `slipway deploy shop --release ${release} --version 1` },
        },
      ],
      ...change,
    },
  } as StackState;
}

const folders = temporaryFolder("exports");
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(folders, "of-")), "dev");
});

/** Updates one after the other; gives what is kept in the end. */
async function keptAfter(keep: number, ...states: (StackState | undefined)[]): Promise<string[]> {
  for (const one of states) {
    stackExport.mockResolvedValue(one);
    await keepExport({ keep, folder });
  }
  return keptExports(folder).map((name) => name.slice(0, 15));
}

describe("kept exports", () => {
  it("are private files that can be read again", async () => {
    stackExport.mockResolvedValue(state("aaa", 1));
    const path = await keepExport({ keep: 5, folder });
    expect(path).toMatch(/dev\/20261121T100130-[0-9a-f]{12}\.json$/);
    expect(readExport(path!)).toEqual(state("aaa", 1));
    expect([statSync(path!).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("are the newest, as many as are wanted", async () => {
    expect(await keptAfter(2, state("aaa", 1), state("bbb", 2), state("ccc", 3))).toEqual([
      "20261121T100230",
      "20261121T100330",
    ]);
  });

  it("hold each state once, under its newest time", async () => {
    expect(await keptAfter(5, state("aaa", 1), state("aaa", 2))).toEqual(["20261121T100130"]);
    expect(await keptAfter(5, state("bbb", 3), state("aaa", 4))).toEqual(["20261121T100330", "20261121T100430"]);
  });

  it("never lose the one that was just kept, even one with an old time", async () => {
    await keptAfter(2, state("bbb", 2), state("ccc", 3));
    stackExport.mockResolvedValue(state("aaa", 1));
    const path = await keepExport({ keep: 2, folder });
    expect(readExport(path!)).toEqual(state("aaa", 1));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("are not written when none are wanted, or there is no state", async () => {
    expect(await keptAfter(0, state("aaa", 1))).toEqual([]);
    expect(await keptAfter(5, undefined)).toEqual([]);
  });

  it("hold no state that was cut off, that failed, or that is empty", async () => {
    const failed = state("aaa", 1);
    failed.deployment!.resources![2]!.inputs = { create: "slipway deploy shop --release bbb --version 1" };
    expect([
      isWorthKeeping(state("aaa", 1)),
      isWorthKeeping(state("aaa", 1, { pending_operations: [{}] })),
      isWorthKeeping(failed),
      isWorthKeeping(state("aaa", 1, { resources: state("aaa", 1).deployment!.resources!.slice(0, 1) })),
      isWorthKeeping({ version: 3 }),
      isWorthKeeping(undefined),
    ]).toEqual([true, false, false, false, false, false]);
    expect(await keptAfter(5, failed)).toEqual([]);
  });

  it("are an empty list where their folder does not exist", () =>
    expect(keptExports(join(folder, "none"))).toEqual([]));
});
