/** `slipway lock` and `slipway unlock`: deployments of applications are held on all their hosts, until they are released. */
import { z } from "zod";
import { whoAsks } from "../../components/host/freshToken.ts";
import { lockCommand, type Target, unlockCommand } from "../../components/protocol/commands.ts";
import { freezeSchema } from "../../components/protocol/inspect.ts";
import { NAME } from "../../components/shared/names.ts";
import { reasonProblem } from "../../components/shared/reason.ts";
import { defined } from "../../components/shared/records.ts";
import { applicationOf } from "../deploy/words.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsNamed, readHosts, type Stack } from "../hosts/stack.ts";
import type { LockOutcome, LockReport } from "./report.ts";

export interface LockOptions {
  stack?: string;
  /** Default: all. */
  host?: string;
}

/**
 * @param application default: all of the settings
 * @throws Error where nothing could be asked; nothing is changed then
 */
export async function lock(
  application: string | undefined,
  { reason, ...options }: LockOptions & { reason: string },
): Promise<LockReport> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) throw new Error(`--reason: ${JSON.stringify(reason)} ${problem}`);
  const stack = await readHosts(options.stack);
  if (application !== undefined) applicationOf(Object.keys(stack.applications), stack.file, application);
  const by = whoAsks();
  return onHosts(stack, "lock", application, options, async (ask, target) => ({
    locked: true,
    ...told(await ask(lockCommand(target, by, reason))),
  }));
}

/**
 * @param application default: all of the settings; one that they name no more may be locked still
 * @throws Error where nothing could be asked; nothing is changed then
 */
export async function unlock(application: string | undefined, options: LockOptions): Promise<LockReport> {
  if (application !== undefined && !NAME.test(application))
    throw new Error(`${JSON.stringify(application)} is no name of an application; write one like "shop"`);
  const by = whoAsks();
  return onHosts(await readHosts(options.stack), "unlock", application, options, async (ask, target) => {
    const was = await ask(unlockCommand(target, by));
    return { locked: false, ...(was.trim() === "" ? {} : told(was)) };
  });
}

type Done = Omit<LockOutcome, "application" | "host">;

async function onHosts(
  stack: Stack,
  action: LockReport["action"],
  application: string | undefined,
  { host: named }: LockOptions,
  act: (ask: Ask, target: Target) => Promise<Done>,
): Promise<LockReport> {
  const namesOn = (host: string): string[] => {
    if (application === undefined) return applicationsOn(stack, host);
    const declared = stack.applications[application];
    return declared === undefined || declared.hosts.includes(host) ? [application] : [];
  };
  const wanted = Object.entries(hostsNamed(stack, named)).filter(([host]) => namesOn(host).length > 0);
  if (wanted.length === 0)
    throw new Error(
      `${stack.file} names ${application ?? "no application"} ${named === undefined ? "for no host" : `not for ${named}`}; slipway:applications.<name>.hosts says where one runs`,
    );
  const hosts = new Hosts(Object.fromEntries(wanted));
  try {
    const all = await hosts.all((ask, host, { root }) =>
      Promise.all(
        namesOn(host).map(async (name): Promise<LockOutcome> => {
          // As the owner of a host is written; of it, stack and project are asked for.
          const owner = `${stack.name}::${stack.project}::slipway:command::${name}@${host}`;
          const from = { application: name, host };
          return act(ask, { application: name, root, owner }).then(
            (done) => ({ ...from, ...done }),
            (error: Error) => ({ ...from, problem: knownProblem(error.message, action) }),
          );
        }),
      ),
    );
    const outcomes = all.flatMap((one) =>
      "value" in one
        ? one.value
        : namesOn(one.host).map((name): LockOutcome => ({ application: name, host: one.host, problem: one.problem })),
    );
    return {
      stack: stack.name,
      action,
      applications: outcomes.sort((a, b) =>
        a.application < b.application ? -1 : a.application > b.application ? 1 : 0,
      ),
    };
  } finally {
    hosts.close();
  }
}

const saidSchema = freezeSchema.extend({ underway: z.boolean().optional() });

/** @throws Error where a host says something else */
function told(text: string): Pick<LockOutcome, "by" | "since" | "reason" | "underway"> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // Below.
  }
  const { data } = saidSchema.safeParse(raw);
  if (data === undefined)
    throw new Error(`said something that this version does not understand: ${JSON.stringify(text.slice(0, 80))}`);
  return defined(data);
}

/** The last line of what a host says that knows no such command is one of its usage. */
const knownProblem = (message: string, action: LockReport["action"]): string =>
  /^slipway destroy APP/.test(message)
    ? `its Slipway is older and has no ${action}; pulumi up brings it up to date`
    : message;
