/** `slipway doctor`: what is wrong with this machine, the project and its hosts, and what mends it. */
import { detailsCommand, doctorCommand } from "../../components/protocol/commands.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { hostsNamed, readHosts, type Stack } from "../hosts/stack.ts";
import type { Check } from "./checks.ts";
import { type HostLooked, hostChecks, hostDoctorSchema } from "./host.ts";
import { machineChecks, seeMachine } from "./machine.ts";
import { projectChecks, seeProject } from "./project.ts";
import type { DoctorReport, Place } from "./report.ts";

export interface DoctorOptions {
  stack?: string;
  /** Default: all. */
  host?: string;
}

/** All checks, by where they look. */
export const CHECKS = { machine: machineChecks, project: projectChecks, host: hostChecks };

/** @throws Error for a host that the stack does not have */
export async function doctor({ stack: named, host }: DoctorOptions): Promise<DoctorReport> {
  const [machine, project, hosts] = await Promise.all([seeMachine(), seeProject(named), seeHosts(named, host)]);
  return {
    ...(project.stack === undefined ? {} : { stack: project.stack }),
    places: [
      checked("machine", "this machine", machineChecks, machine),
      checked("project", "the project", projectChecks, project),
      ...hosts.map(({ name, looked }) => checked("host", name, hostChecks, looked)),
    ],
  };
}

export const checked = <S>(kind: Place["kind"], place: string, checks: readonly Check<S>[], seen: S): Place => ({
  place,
  kind,
  checks: checks.map(({ name, look }) => {
    const found = look(seen);
    return {
      check: name,
      result: found === undefined ? "unknown" : found.length === 0 ? "fine" : "wrong",
      found: found ?? [],
    };
  }),
});

/** None where settings do not say which: what is wrong with them is the project's. */
async function seeHosts(
  named: string | undefined,
  only: string | undefined,
): Promise<{ name: string; looked: HostLooked }[]> {
  let stack: Stack;
  try {
    stack = await readHosts(named);
  } catch {
    return [];
  }
  const wanted = hostsNamed(stack, only);
  const hosts = new Hosts(wanted);
  try {
    const told = await hosts.all((ask, _, { root }) => lookedAt(ask, root));
    return told.map((one) => ({
      name: one.host,
      looked: {
        host: wanted[one.host]!,
        stack: stack.name,
        ...("value" in one ? one.value : { problem: one.problem }),
      },
    }));
  } finally {
    hosts.close();
  }
}

async function lookedAt(ask: Ask, root: string): Promise<Omit<HostLooked, "host" | "stack">> {
  const begun = Date.now();
  const seen = parseInspect(await ask(detailsCommand(root)));
  // The host has read its clock at some time between the two.
  const [earliest, latest] = [begun / 1000, Date.now() / 1000];
  const { time } = seen.host;
  const ahead = time > latest ? time - latest : time + 1 < earliest ? time + 1 - earliest : 0;
  try {
    return { seen, ahead, told: hostDoctorSchema.parse(JSON.parse(await ask(doctorCommand(root)))) };
  } catch (error) {
    return { seen, ahead, untold: (error as Error).message };
  }
}
