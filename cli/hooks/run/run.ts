/** What a hook does when git runs it. What it says goes to the standard error, as git's own words do. */
import { text } from "node:stream/consumers";
import { Git } from "../../version/git.ts";
import { HOOK_NAMES, type HookName, type HooksConfig, readHooksConfig } from "../config.ts";
import { INTERRUPTED, runLine } from "./command.ts";
import { answered, type Due, deployNow } from "./deploy.ts";
import { type Pushed, pushedIn } from "./refs.ts";
import type { Say } from "./say.ts";
import { unfinished } from "./unfinished.ts";
import { tagVersion } from "./version.ts";

/**
 * @param words as git gives them to the hook
 * @returns the exit code: all but 0 block a push
 * @throws Error where it cannot do what it should
 */
export async function runHook(name: string, words: string[]): Promise<number> {
  if (!isHook(name)) throw new Error(`${name} is no hook of slipway; those are ${HOOK_NAMES.join(", ")}`);
  const say: Say = (said) => void process.stderr.write(`slipway: ${name}: ${said}\n`);
  const git = new Git(".");
  const amid = unfinished(git);
  if (amid !== undefined) {
    say(`skipped, as git is in the middle of ${amid}`);
    return 0;
  }
  try {
    const config = readHooksConfig(git.root) ?? {};
    if (name === "post-commit") return config.postCommit?.version ? await tagVersion(git, say) : 0;
    if (name === "post-merge") return await afterMerge(git, config, words, say);
    return await beforePush(git, config, pushedIn(await text(process.stdin)), words[0] ?? "", say);
  } catch (error) {
    if (name !== "pre-push") throw error;
    throw new Error(`${(error as Error).message}\n${SKIPPED_BY}`);
  }
}

const isHook = (name: string): name is HookName => HOOK_NAMES.includes(name as HookName);

const SKIPPED_BY = "Nothing is pushed; git push --no-verify pushes without tests and deployment.";
const DEPLOYED_BY_HAND = (run: string): string => `deploy it by: ${run}`;

async function beforePush(
  git: Git,
  { prePush, env }: HooksConfig,
  refs: Pushed[],
  remote: string,
  say: Say,
): Promise<number> {
  const pushed = refs.filter(({ hash }) => hash !== undefined);
  if (prePush === undefined || pushed.length === 0) return 0;
  const { test, deploy, confirm } = prePush;
  const head = git.head;
  const wanted = deploy && pushed.find(({ ref }) => ref === `refs/heads/${deploy.branch}`)?.hash;
  let due: Due | undefined;
  if (deploy !== undefined && wanted !== undefined) {
    if (wanted === head) due = { deploy, hash: wanted, env, confirm };
    else
      say(
        `${deploy.branch} (${wanted.slice(0, 7)}) is not deployed, as another commit is checked out (${head?.slice(0, 7)}); git switch ${deploy.branch} and ${DEPLOYED_BY_HAND(deploy.run)}`,
      );
  }
  const decision = due === undefined ? "leave" : await answered(git, due, remote, say);
  if (typeof decision === "number") {
    say("nothing is pushed");
    return decision;
  }
  if (test !== undefined) {
    if (pushed.every(({ hash }) => git.commitOf(hash!) !== head))
      say(`tests what is checked out (${head?.slice(0, 7)}), which is not what is pushed`);
    else if (git.changes.length > 0) say("tests what is checked out, with changes that are in no commit");
    say(`tests: ${test}`);
    const code = await runLine(git, test, "pre-push");
    if (code === INTERRUPTED) say("ended by Ctrl-C; nothing is pushed");
    else if (code !== 0) say(`the tests failed (${code}: ${test}). ${SKIPPED_BY}`);
    if (code !== 0) return code === INTERRUPTED ? code : 1;
  }
  if (decision === "leave" || due === undefined) return 0;
  const code = await deployNow(git, due, "pre-push", say);
  if (code !== 0) say(`nothing is pushed; git push --no-verify pushes without tests and deployment`);
  return code;
}

async function afterMerge(git: Git, { postMerge, env }: HooksConfig, [squash]: string[], say: Say): Promise<number> {
  const deploy = postMerge?.deploy;
  const { head, branch } = git;
  // What is squashed is in no commit yet.
  if (postMerge === undefined || deploy === undefined || head === undefined || squash === "1") return 0;
  if (branch !== deploy.branch) return 0;
  const due: Due = { deploy, hash: head, env, confirm: postMerge.confirm };
  const decision = await answered(git, due, undefined, say);
  if (decision === "deploy") return deployNow(git, due, "post-merge", say);
  if (typeof decision === "number") say(`not deployed; ${DEPLOYED_BY_HAND(deploy.run)}`);
  return typeof decision === "number" ? decision : 0;
}
