/** What the host's `slipway` command takes as arguments. They carry no secret: those go by stdin. */
import { z } from "zod";
import { quote } from "../shared/shell.ts";

const seconds = z.int().min(0);

const OPTIONS = {
  release: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe("Name of a release"),
  version: z.string().describe("What a refused deployment is recorded as; a release knows its own"),
  token: z.string().describe("Says which deployment this is; the host remembers it"),
  owner: z.string().describe("Who owns the application there: a newer owner's work is not removed"),
  "lock-wait": seconds.describe("Seconds to wait for somebody else's lock"),
  "confirm-within": seconds.describe("Seconds in which the other hosts must follow; left out, it confirms at once"),
  keep: z.int().min(1).describe("Releases to keep"),
  data: z.literal(true).describe("Remove the application's data, too"),
  stack: z.string().describe('"<project>/<stack>"'),
} as const;

export type Options = { [name in keyof typeof OPTIONS]?: z.output<(typeof OPTIONS)[name]> };

/** Commands that a program sends, and their options in the order of writing. */
export const COMMANDS = {
  inspect: [],
  stage: ["release", "version"],
  deploy: ["release", "version", "token", "owner", "lock-wait", "confirm-within", "keep"],
  confirm: ["release", "version", "token"],
  destroy: ["owner", "data"],
  retire: ["stack"],
} as const satisfies Record<string, (keyof Options)[]>;

type Command = keyof typeof COMMANDS;

/**
 * @param root folder of applications on the host
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
