/** What is there of the hooks, for people and for scripts. */
import { z } from "../../components/shared/zod.ts";
import { HOOK_NAMES, HOOKS_FILE } from "./config.ts";

const hook = z.strictObject({
  name: z.enum(HOOK_NAMES),
  state: z
    .enum(["installed", "below", "edited", "other", "missing"])
    .describe(
      "installed: by slipway. below: by slipway, and run by pre-commit. edited: by slipway, and changed since. other: somebody else's. missing: none.",
    ),
  path: z.string().describe("The file that git runs."),
  before: z.string().optional().describe("The hook that runs before it."),
  does: z.array(z.string()).describe("What the repository says that it does."),
});

export const hooksReportSchema = z.strictObject({
  done: z.enum(["nothing", "installed", "uninstalled"]).describe("What was done."),
  folder: z.string().describe("Where git looks for hooks."),
  whose: z.string().describe("Whose folder that is."),
  slipway: z
    .strictObject({
      path: z.string().describe("From the repository's root, or absolute."),
      isThere: z.boolean(),
    })
    .optional()
    .describe("The command that the hooks run; absent where none is installed."),
  hooks: z.array(hook),
  problems: z.array(z.string()).describe("What keeps the hooks from doing what the repository says, with the remedy."),
  notes: z.array(z.string()).describe("What else is to be known."),
});

export type HooksReport = z.infer<typeof hooksReportSchema>;

const STATES: Record<HooksReport["hooks"][number]["state"], string> = {
  installed: "installed",
  below: "installed, run by pre-commit",
  edited: "edited since it was installed",
  other: "not of slipway",
  missing: "not installed",
};

export function renderHooks({ done, folder, whose, slipway, hooks, problems, notes }: HooksReport): string {
  const lines = [
    `Hooks in ${folder} (${whose})${done === "nothing" ? "" : `: ${done}`}`,
    ...hooks.map(({ name, state, before, does }) => {
      const ours = ["installed", "below", "edited"].includes(state);
      const what = ours ? `: ${does.join("; ") || `nothing, as ${HOOKS_FILE} does not say what`}` : "";
      return `  ${name.padEnd(12)} ${STATES[state]}${before === undefined ? "" : `, after ${before}`}${what}`;
    }),
    ...(slipway === undefined ? [] : [`  by ${slipway.path}`]),
    ...[...problems, ...notes].map((line) => `  ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

export const hooksReportJsonSchema = (): object => ({
  title: "What `slipway hooks install|uninstall|status --json` print",
  ...z.toJSONSchema(hooksReportSchema, { io: "input" }),
});
