/** What the hosts of an application say that they run. */
import { setTimeout as sleep } from "node:timers/promises";
import { inspectCommand } from "../../components/protocol/commands.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { defined } from "../../components/shared/records.ts";
import { Hosts, type Told } from "../hosts/ask.ts";
import type { Stack } from "../hosts/stack.ts";
import type { Interrupts } from "./interrupts.ts";

export interface Runs {
  /** What it confirmed last; absent where it has none. */
  version?: string;
  release?: string;
  /** How what runs differs from that, a sentence each. */
  differences: string[];
  /** The version that it is deploying; empty where it has just begun. */
  underway?: string;
}

export type Sight = Told<Runs>[];

const PAUSE_MS = 500;

/** Asks those that may be looked at; of the others it says that they were not. */
export async function lookAt({ hosts, applications }: Stack, application: string): Promise<Sight> {
  const all = (applications[application]?.hosts ?? []).flatMap((name) =>
    hosts[name] ? [[name, hosts[name]] as const] : [],
  );
  const looked = all.filter(([, { look }]) => look && process.env.SLIPWAY_LOOK !== "off");
  const asked = new Hosts(Object.fromEntries(looked));
  try {
    const told = await asked.all(async (ask, _, { root }): Promise<Runs> => {
      const seen = parseInspect(await ask(inspectCommand(root))).applications[application];
      if (seen === undefined) return { differences: [] };
      const { version, release, differences, underway } = seen;
      return {
        differences,
        ...defined({
          version: version || undefined,
          release: release || undefined,
          underway: underway ? (underway.version ?? "") : undefined,
        }),
      };
    });
    const others = all.filter((one) => !looked.includes(one));
    return [
      ...told,
      ...others.map(([host]) => ({ host, problem: "it is not looked at (look: false, or SLIPWAY_LOOK=off)" })),
    ];
  } finally {
    asked.close();
  }
}

const underwayOn = (sight: Sight): string[] =>
  sight.flatMap((one) => ("value" in one && one.value.underway !== undefined ? [one.host] : []));

/** The same when no host deploys any more: one goes on without `pulumi`, until it serves or is back. A second Ctrl-C ends that. */
export async function lookAtLast(stack: Stack, application: string, interrupts: Interrupts): Promise<Sight> {
  const before = interrupts.count;
  for (let isTold = false; ; isTold = true) {
    const sight = await lookAt(stack, application);
    const busy = underwayOn(sight);
    if (busy.length === 0 || interrupts.count > before) return sight;
    if (!isTold)
      process.stderr.write(
        `slipway: ${busy.join(", ")} still deploys ${application}, without pulumi; waiting for it\n`,
      );
    await sleep(PAUSE_MS);
  }
}
