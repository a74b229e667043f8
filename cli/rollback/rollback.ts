/** `slipway rollback`: a deployment of what hosts confirmed before. */
import { repositoriesIn } from "../../components/state/kept.ts";
import { readProject, readStack } from "../check/stackSettings.ts";
import type { DeployOptions } from "../deploy/begun.ts";
import { deploy } from "../deploy/deploy.ts";
import { digestsOf, type Keeps, keptOn } from "../deploy/keptImages.ts";
import { resourcesOf } from "../deploy/state.ts";
import { applicationOf } from "../deploy/words.ts";
import { history } from "../history/history.ts";
import type { Told } from "../hosts/ask.ts";
import { readHosts } from "../hosts/stack.ts";
import { pointOf } from "./point.ts";

/** As far back as ledgers are read. */
const LIMIT = "1000";

/** @returns the exit code @throws Error where there is nothing to go back to; nothing is touched then */
export async function rollback(
  named: string | undefined,
  point: string | undefined,
  { env, ...options }: Omit<DeployOptions, "version" | "digest" | "allowDowngrade">,
): Promise<number> {
  const project = readProject();
  const { file, stack, entries: settings } = readStack(project, env);
  const application = applicationOf(Object.keys(JSON.parse(settings.applications ?? "{}") as object), file, named);
  const { entries, unread } = await history(application, { stack: env, limit: LIMIT });
  const { version, release, time } = pointOf(application, entries, point);
  const image = imageOf(
    await keptOn(await readHosts(env), application),
    release,
    repositoriesIn(resourcesOf(project, stack), application),
  );
  process.stdout.write(
    `${application} goes back to ${version}, which was confirmed ${time}${"digest" in image ? `, ${image.digest}` : ""}\n`,
  );
  for (const { host, problem } of unread) process.stdout.write(`  not asked: ${host}: ${problem}\n`);
  if ("why" in image) process.stdout.write(`  its image is looked up by its tag: ${image.why}\n`);
  const digest = "digest" in image ? { digest: image.digest } : {};
  return deploy(application, { ...options, env, version, ...digest, allowDowngrade: true });
}

/** What a host keeps is the image that it had confirmed; its tag may have been moved since, or deleted. */
export function imageOf(
  told: Told<Keeps>[],
  release: string | undefined,
  repositories: string[],
): { digest: string } | { why: string } {
  if (release === undefined) return { why: "the ledger does not name its release" };
  const [digest, ...others] = digestsOf(told, release, repositories);
  if (digest !== undefined && others.length === 0) return { digest };
  if (digest !== undefined) return { why: `release ${release} has several images` };
  const problems = told.flatMap((one) => ("problem" in one ? [`${one.host}: ${one.problem}`] : []));
  return { why: [`no host that answers keeps release ${release} and tells its image`, ...problems].join("; ") };
}
