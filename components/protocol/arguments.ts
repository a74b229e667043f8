/** The arguments of the host's `slipway` command. They carry no secrets: those go through stdin. */

import { quote } from "../shared/shell.ts";
import { z } from "../shared/zod.ts";

/** The host checks the same patterns: OPTIONS in components/host/scripts/lib/arguments.sh. */
export const PATTERNS = {
  release: /^[0-9a-f]{12}$/,
  version: /^[ -~]{1,1000}$/,
  token: /^[ -~]{1,1000}$/,
  owner: /^[ -~]{1,1000}$/,
  "lock-wait": /^(0|[1-9][0-9]{0,6})$/,
  "confirm-within": /^(0|[1-9][0-9]{0,6})$/,
  keep: /^[1-9][0-9]{0,3}$/,
  "outside-window": /^[ -~]{1,1000}$/,
  by: /^[ -~]{1,1000}$/,
  reason: /^[ -~]{1,1000}$/,
  services: /^[A-Za-z0-9][A-Za-z0-9._ -]{0,999}$/,
  since: /^[0-9TZ:+.smh-]{1,40}$/,
  tail: /^(all|[1-9][0-9]{0,6})$/,
  job: /^((backup|drill)\.)?[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  run: /^[0-9]{8}T[0-9]{6}-[0-9a-f]{6}$/,
  service: /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/,
  session: /^[A-Za-z0-9]{8}$/,
  name: /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  point: /^(latest|[0-9a-f]{8,64})$/,
  stack: /^[ -~]{1,1000}$/,
} as const;

const line = (name: keyof typeof PATTERNS) =>
  z.string().regex(PATTERNS[name], "is not one line of 1 to 1000 printable ASCII characters");
const seconds = z.int().min(0).max(9_999_999);

const OPTIONS = {
  release: z.string().regex(PATTERNS.release).describe("Name of a release"),
  version: line("version").describe("Recorded for a deployment that is refused; a release knows its own version"),
  token: line("token").describe("Identifies the deployment; the host remembers it"),
  owner: line("owner").describe("Owner of the application on the host: another's work is neither replaced nor removed"),
  "take-over": z.literal(true).describe("Deploy although somebody else owns the application"),
  "lock-wait": seconds.describe("Seconds to wait for another deployment's lock"),
  "confirm-within": seconds.describe(
    "Seconds within which the other hosts must follow; without it the deployment confirms at once",
  ),
  keep: z.int().min(1).max(9999).describe("Releases to keep"),
  "no-migration": z.literal(true).describe("Another host of this deployment runs the migration"),
  "outside-window": line("outside-window").describe("Deploy outside of the deployment window, for this reason"),
  by: line("by").describe("Who locks an application, or releases it"),
  reason: line("reason").describe("Why an application is locked"),
  data: z.literal(true).describe("Also remove the application's data"),
  details: z.literal(true).describe("Also tell of containers, disks, certificates, backups and who holds a lock"),
  services: z.string().regex(PATTERNS.services).describe("Names of services, with a space between two"),
  since: z.string().regex(PATTERNS.since).describe("A time like 2026-11-21T10:02:11Z, or an age like 600s"),
  tail: z.string().regex(PATTERNS.tail).describe("The last lines of each container, this many, or all"),
  follow: z.literal(true).describe("Go on with what is printed from now on, until standard input ends"),
  job: z.string().regex(PATTERNS.job).describe("Name of a job; of what is done with a backup, like drill.data"),
  run: z.string().regex(PATTERNS.run).describe("A run of it, like 20261121T100211-0a1b2c"),
  test: z.literal(true).describe("Send each target of a stack a test message, and tell what became of it"),
  service: z.string().regex(PATTERNS.service).describe("Name of a service"),
  session: z.string().regex(PATTERNS.session).describe("Name of a session that is held"),
  plan: z.literal(true).describe("Only tell what would be removed"),
  on: z.literal(true).describe("Users get a page in place of the application"),
  off: z.literal(true).describe("They get the application again"),
  name: z.string().regex(PATTERNS.name).describe("Name of a backup that the release declares"),
  point: z.string().regex(PATTERNS.point).describe("A backup that was taken, by its id, or the latest that is good"),
  back: z.literal(true).describe("Put back what the last restore has kept aside"),
  drop: z.literal(true).describe("Remove what the last restore has kept aside"),
  stack: line("stack").describe('"<project>/<stack>"'),
} as const;

export type Options = { [name in keyof typeof OPTIONS]?: z.output<(typeof OPTIONS)[name]> };

/** The commands that a program sends, with their options in the order they are written. */
export const COMMANDS = {
  inspect: ["details"],
  history: [],
  logs: ["services", "since", "tail", "follow"],
  job: ["token", "job"],
  output: ["job", "run"],
  backup: ["token", "name"],
  drill: ["token", "name"],
  points: ["name"],
  restore: ["token", "name", "point", "back", "drop"],
  doctor: [],
  exec: ["service"],
  run: ["service"],
  attach: ["session"],
  prune: ["plan"],
  maintenance: ["on", "off"],
  stage: ["release", "version", "token", "owner", "lock-wait", "take-over"],
  deploy: [
    "release",
    "version",
    "token",
    "owner",
    "lock-wait",
    "confirm-within",
    "keep",
    "no-migration",
    "take-over",
    "outside-window",
  ],
  prepare: ["release", "version", "token"],
  confirm: ["release", "version", "token"],
  lock: ["owner", "by", "reason"],
  unlock: ["owner", "by"],
  destroy: ["owner", "data"],
  notify: ["test", "stack"],
  retire: ["stack"],
} as const satisfies Record<string, (keyof Options)[]>;

type Command = keyof typeof COMMANDS;

/**
 * @param root the folder for applications on the host
 * @param application absent for a command that concerns the whole host
 * @throws ZodError for a value that the host would refuse
 */
export function commandLine<C extends Command>(
  root: string,
  command: C,
  application: string | undefined,
  options: Pick<Options, (typeof COMMANDS)[C][number]>,
): string {
  const given = options as Options;
  const words = COMMANDS[command].flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    OPTIONS[name].parse(value);
    return value === true ? [`--${name}`] : [`--${name} ${quote(String(value))}`];
  });
  return [quote(`${root}/slipway/bin/slipway`), command, ...(application ? [application] : []), ...words].join(" ");
}
