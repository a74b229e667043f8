/** `slipway history`: the ledgers of all hosts of a stack, as one. */
import { historyCommand } from "../../components/protocol/commands.ts";
import { NAME } from "../../components/shared/names.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsNamed, readHosts } from "../hosts/stack.ts";
import { newest, type Read, readLedger } from "./ledger.ts";
import type { HistoryReport } from "./report.ts";

export interface HistoryOptions {
  stack?: string;
  /** Default: all. */
  host?: string;
  /** @default 20 */
  limit?: string;
}

const NOT_A_LIMIT = "is no number of deployments; write a whole number from 1 on, like 20";
/** The host's own words for it. */
const NOTHING = /no deployment of \S+ is recorded/;

/**
 * @param application default: all that the settings name; one that they name no more has a ledger still
 * @throws Error where nothing could be asked
 */
export async function history(
  application: string | undefined,
  { stack: named, host, limit = "20" }: HistoryOptions,
): Promise<HistoryReport> {
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new Error(`--limit: ${JSON.stringify(limit)} ${NOT_A_LIMIT}`);
  if (application !== undefined && !NAME.test(application))
    throw new Error(`${JSON.stringify(application)} is no name of an application; write one like "shop"`);
  const stack = await readHosts(named);
  const hosts = new Hosts(hostsNamed(stack, host));
  try {
    const all = await hosts.all(async (ask, on, { root }) => {
      const names = application === undefined ? applicationsOn(stack, on) : [application];
      return Promise.all(names.map((name) => ledgerOf(ask, on, name, root)));
    });
    const read = all.flatMap((one) => ("value" in one ? one.value : []));
    return {
      stack: stack.name,
      ...(application === undefined ? {} : { application }),
      entries: newest(
        read.flatMap(({ entries }) => entries),
        Number(limit),
      ),
      damaged: read.flatMap(({ damaged: lines, host: on, application: of }) =>
        lines === 0 ? [] : [{ host: on, application: of, lines }],
      ),
      unread: all.flatMap((one) => ("problem" in one ? [one] : [])),
    };
  } finally {
    hosts.close();
  }
}

interface Ledger extends Read {
  host: string;
  application: string;
}

async function ledgerOf(ask: Ask, host: string, application: string, root: string): Promise<Ledger> {
  const text = await ask(historyCommand(root, application)).catch((error: Error) => {
    if (NOTHING.test(error.message)) return "";
    throw error;
  });
  return { host, application, ...readLedger(host, application, text) };
}
