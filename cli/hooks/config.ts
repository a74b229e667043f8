/** What a repository's hooks do, in `.slipway/hooks.json`. A hook that it does not name does nothing. */
import { z } from "../../components/shared/zod.ts";
import { path } from "../../components/versions/config.ts";
import { readConfig } from "../readConfig.ts";

export const HOOKS_FILE = ".slipway/hooks.json";

/** By git's names, and what the file calls them. */
export const HOOKS = { "post-commit": "postCommit", "pre-push": "prePush", "post-merge": "postMerge" } as const;

export type HookName = keyof typeof HOOKS;
export const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

const command = z
  .string()
  .regex(/\S/, 'is no command; write one as in a shell, like "npm test"')
  .describe("a line for the shell, run at the repository's root");

const deploy = z
  .strictObject({
    branch: z
      .string()
      .regex(/^[\w./-]+$/, 'is no name of a branch; write it like "main"')
      .default("main")
      .describe("The branch that is deployed."),
    run: command.describe("What deploys: a line for the shell, run at the repository's root."),
  })
  .describe("Starts a deployment. Default: none.");

const confirm = z
  .boolean()
  .default(true)
  .describe("Asks before a deployment. Where there is no terminal to ask at, there is none then.");

export const hooksSchema = z.strictObject({
  $schema: z.string().optional(),
  env: path
    .optional()
    .describe(
      "A .env, from the repository's root: what deploys gets its variables. Git must ignore it. Default: none.",
    ),
  postCommit: z
    .strictObject({
      version: z
        .boolean()
        .default(true)
        .describe(
          "Writes and tags the next version, as `slipway version --tag` does, on branches whose versions are tagged.",
        ),
    })
    .optional()
    .describe("After a commit."),
  prePush: z
    .strictObject({
      test: command.optional().describe("Tests: where they fail, nothing is pushed. Default: none."),
      confirm,
      deploy: deploy.optional(),
    })
    .optional()
    .describe("Before a push."),
  postMerge: z
    .strictObject({ confirm, deploy: deploy.optional() })
    .optional()
    .describe("After a merge, or a pull that merges."),
});

export type HooksConfig = z.infer<typeof hooksSchema>;
export type Deploy = z.infer<typeof deploy>;

/** @throws Error with every problem of the file, a line each */
export const readHooksConfig = (root: string): HooksConfig | undefined => readConfig(root, HOOKS_FILE, hooksSchema);

/** What a hook does, in words; nothing where it does nothing. */
export function doings(config: HooksConfig, name: HookName): string[] {
  const { postCommit, prePush, postMerge } = config;
  const deploys = (one: { confirm: boolean; deploy?: Deploy | undefined } | undefined): string[] =>
    one?.deploy === undefined
      ? []
      : [`${one.confirm ? "asks, and deploys" : "deploys"} ${one.deploy.branch}: ${one.deploy.run}`];
  if (name === "post-commit") return postCommit?.version ? ["writes and tags the next version"] : [];
  if (name === "post-merge") return deploys(postMerge);
  return [...(prePush?.test === undefined ? [] : [`tests: ${prePush.test}`]), ...deploys(prePush)];
}

export const hooksConfigJsonSchema = (): object => ({
  title: `What ${HOOKS_FILE} may say`,
  ...z.toJSONSchema(hooksSchema, { io: "input" }),
});
