/** Asks for a deployment, and starts it. */
import type { Git } from "../../version/git.ts";
import type { Deploy, HookName } from "../config.ts";
import { INTERRUPTED, runLine } from "./command.ts";
import { askAtTerminal } from "./confirm.ts";
import { readCredentials } from "./dotenv.ts";
import type { Say } from "./say.ts";

export interface Due {
  deploy: Deploy;
  /** What is deployed, and checked out. */
  hash: string;
  /** A `.env` for it. */
  env: string | undefined;
  confirm: boolean;
}

/**
 * @param remote where it is pushed to; undefined where nothing is
 * @returns the exit code where neither is to be
 * @throws Error where the deployment could not have its credentials
 */
export async function answered(
  git: Git,
  { deploy, hash, env, confirm }: Due,
  remote: string | undefined,
  say: Say,
): Promise<"deploy" | "leave" | number> {
  if (env !== undefined) readCredentials(git, env);
  if (!confirm) return "deploy";
  const what = `${deploy.branch} (${hash.slice(0, 7)})`;
  const answer = await askAtTerminal(
    remote === undefined
      ? `Deploy ${what} by ${deploy.run}? [y/N] `
      : `Push ${what} to ${remote} and deploy it by ${deploy.run}? [y: both, p: push alone, N: neither] `,
  );
  if (answer === "nobody") {
    say(
      `there is no terminal to ask at, so ${deploy.branch} is ${remote === undefined ? "" : "pushed and "}not deployed; deploy it by: ${deploy.run} ("confirm": false in .slipway/hooks.json asks nothing)`,
    );
    return "leave";
  }
  if (answer === INTERRUPTED) return INTERRUPTED;
  if (/^y(es)?$/.test(answer.said)) return "deploy";
  return remote !== undefined && /^p(ush)?$/.test(answer.said) ? "leave" : 1;
}

export async function deployNow(git: Git, { deploy, hash, env }: Due, name: HookName, say: Say): Promise<number> {
  const credentials = env === undefined ? {} : readCredentials(git, env);
  const what = `${deploy.branch} (${hash.slice(0, 7)})`;
  say(`deploys ${what}: ${deploy.run}`);
  const code = await runLine(git, deploy.run, name, credentials);
  if (code === INTERRUPTED) say("ended by Ctrl-C; what serves is said above, or by slipway status");
  else if (code !== 0) say(`the deployment of ${what} failed (${code}: ${deploy.run})`);
  return code === 0 || code === INTERRUPTED ? code : 1;
}
