/** `slipway prune`: what no rollback needs any more goes from the hosts, by the same rules by which a deployment prunes. */
import { pruneCommand } from "../../components/protocol/commands.ts";
import { Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsRunning, readHosts, type Stack } from "../hosts/stack.ts";
import { type PruneReport, parsePrune } from "./report.ts";

export interface PruneOptions {
  stack?: string;
  /** Default: all that it runs on. */
  host?: string;
}

export interface Pruning {
  /** What would go; nothing is removed. */
  plan: () => Promise<PruneReport>;
  /** Removes what goes where the plan found something. */
  act: (plan: PruneReport) => Promise<PruneReport>;
  close: () => void;
}

/**
 * @param application default: all of the stack
 * @throws Error where nothing could be asked
 */
export async function prune(application: string | undefined, options: PruneOptions): Promise<Pruning> {
  const stack = await readHosts(options.stack);
  const hosts = new Hosts(hostsRunning(stack, application, options.host));
  const all = (name: string): string[] => (application === undefined ? applicationsOn(stack, name) : [application]);
  return {
    plan: () => asked(stack, hosts, all, true),
    act: (plan) =>
      asked(
        stack,
        hosts,
        (name) =>
          plan.applications.flatMap((one) => (one.host === name && one.removes.length > 0 ? [one.application] : [])),
        false,
      ),
    close: () => hosts.close(),
  };
}

async function asked(
  { name: stack }: Stack,
  hosts: Hosts,
  applicationsOf: (host: string) => string[],
  isPlan: boolean,
): Promise<PruneReport> {
  const report: PruneReport = { stack, applications: [], unread: [] };
  const told = await hosts.all(async (ask, host, { root }) => {
    for (const application of applicationsOf(host)) {
      try {
        report.applications.push({ host, ...parsePrune(await ask(pruneCommand(root, application, isPlan))) });
      } catch (error) {
        report.unread.push({ host, application, problem: (error as Error).message });
      }
    }
  });
  for (const one of told) if ("problem" in one) report.unread.push({ host: one.host, problem: one.problem });
  const place = ({ host, application }: { host: string; application?: string | undefined }) => `${application} ${host}`;
  report.applications.sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return report;
}
