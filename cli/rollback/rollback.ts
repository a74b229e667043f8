/** `slipway rollback`: a deployment of what hosts confirmed before. */
import { readProject, readStack } from "../check/stackSettings.ts";
import type { DeployOptions } from "../deploy/begun.ts";
import { deploy } from "../deploy/deploy.ts";
import { applicationOf } from "../deploy/words.ts";
import { history } from "../history/history.ts";
import { pointOf } from "./point.ts";

/** As far back as ledgers are read. */
const LIMIT = "1000";

/** @returns the exit code @throws Error where there is nothing to go back to; nothing is touched then */
export async function rollback(
  named: string | undefined,
  point: string | undefined,
  { env, ...options }: Omit<DeployOptions, "version" | "digest" | "allowDowngrade">,
): Promise<number> {
  const { file, entries: settings } = readStack(readProject(), env);
  const application = applicationOf(Object.keys(JSON.parse(settings.applications ?? "{}") as object), file, named);
  const { entries, unread } = await history(application, { stack: env, limit: LIMIT });
  const { version, time } = pointOf(application, entries, point);
  process.stdout.write(`${application} goes back to ${version}, which was confirmed ${time}\n`);
  for (const { host, problem } of unread) process.stdout.write(`  not asked: ${host}: ${problem}\n`);
  return deploy(application, { ...options, env, version, allowDowngrade: true });
}
