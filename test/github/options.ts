import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const USAGE = `usage: script/test github --owner NAME [--visibility public|private] [--record FOLDER] [--minutes N]

Checks what the program does to repositories, and what GitHub then refuses, on the real GitHub: with a repository of its
own, called slipway-check-… , which it deletes at the end, after a failure and after Ctrl-C too.

  --owner NAME    the user or organisation that the repository belongs to
  --visibility    default private; public where the plan has no rules for private repositories
  --plan NAME     free, pro, team or enterprise, where GitHub does not tell it to this token
  --minutes N     how long to wait for runs of workflows (default 15)
  --record FOLDER stores GitHub's answers there, without names, numbers, addresses and tokens
  --url URL       another GitHub than github.com: that of the sandbox, or your own server

  GITHUB_TOKEN         an administrator's; what it needs is in docs/repositories.md, and it must be able to delete repositories
  GITHUB_WRITER_TOKEN  of another person, who gets write access; without it, what a writer may do is not tried

example: GITHUB_TOKEN=… GITHUB_WRITER_TOKEN=… script/test github --owner anna

A row for each thing: pass, fail, the plan lacks it, not tried. The exit code is 0 when nothing failed, 1 when something did.
`;

export class BadUsage extends Error {}

export const PLANS = ["free", "pro", "team", "enterprise"] as const;
export type Plan = (typeof PLANS)[number];

export interface Options {
  owner: string;
  /** Of GitHub, with a trailing slash; none for github.com. */
  url: string | undefined;
  visibility: "public" | "private" | undefined;
  plan: Plan | undefined;
  minutes: number;
  record: string | undefined;
  token: string;
  writerToken: string | undefined;
}

/** @returns undefined when only the usage is asked for */
export function optionsOf(args: string[], env: NodeJS.ProcessEnv): Options | undefined {
  let values: Record<string, string | boolean | undefined>;
  try {
    const text = { type: "string" } as const;
    ({ values } = parseArgs({
      args,
      options: {
        owner: text,
        url: text,
        visibility: text,
        plan: text,
        minutes: { ...text, default: "15" },
        record: text,
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new BadUsage((error as Error).message);
  }
  if (values.help) return undefined;
  const { owner, url, visibility, plan, minutes, record } = values as Record<string, string | undefined>;
  if (!owner || !/^[\w-]+$/.test(owner)) throw new BadUsage("--owner is missing, or no name: write --owner anna");
  if (visibility !== undefined && visibility !== "public" && visibility !== "private")
    throw new BadUsage(`--visibility ${visibility}: write public or private`);
  if (plan !== undefined && !(PLANS as readonly string[]).includes(plan))
    throw new BadUsage(`--plan ${plan}: write one of ${PLANS.join(", ")}`);
  if (!/^[1-9]\d*$/.test(minutes ?? "")) throw new BadUsage(`--minutes ${minutes}: write a whole number`);
  if (url !== undefined && !/^https?:\/\/.+\/$/.test(url)) throw new BadUsage(`--url ${url}: it must end with a slash`);
  if (!env.GITHUB_TOKEN) throw new BadUsage("GITHUB_TOKEN is not set: it must be an administrator's token");
  if (env.GITHUB_WRITER_TOKEN === env.GITHUB_TOKEN)
    throw new BadUsage("GITHUB_WRITER_TOKEN is the administrator's own: it must be another person's, or not set");
  return {
    owner,
    url,
    visibility,
    plan: plan as Plan | undefined,
    minutes: Number(minutes),
    // What a person writes is seen from the folder that they are in.
    record: record === undefined ? undefined : resolve(env.SLIPWAY_CHECK_FROM ?? ".", record),
    token: env.GITHUB_TOKEN,
    writerToken: env.GITHUB_WRITER_TOKEN || undefined,
  };
}
