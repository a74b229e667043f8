/** `slipway promote`: what one environment has confirmed goes to another, the same version and the same image. */
import { type Confirmed, confirmedIn, keptIn, type Resource, repositoriesIn } from "../../components/state/kept.ts";
import { readProject, readStack } from "../check/stackSettings.ts";
import { readHosts } from "../hosts/stack.ts";
import type { DeployOptions } from "./begun.ts";
import { deploy } from "./deploy.ts";
import { confirmedOn, digestsOf, keptOn } from "./keptImages.ts";
import { resourcesOf } from "./state.ts";
import { applicationOf } from "./words.ts";

export interface PromoteOptions extends Omit<DeployOptions, "env" | "version" | "digest"> {
  from: string;
  to: string;
  /** Its name in the earlier environment. */
  as?: string;
}

/** @throws Error where the earlier environment has not confirmed it; nothing is touched then */
export async function promote(
  named: string | undefined,
  { from, to, as, ...options }: PromoteOptions,
): Promise<number> {
  if (from === to) throw new Error(`--from and --to are both ${to}; name two environments`);
  const project = readProject();
  const { file, entries } = readStack(project, to);
  const application = applicationOf(Object.keys(JSON.parse(entries.applications ?? "{}") as object), file, named);
  const { stack } = readStack(project, from);
  const there = as ?? application;
  const resources = resourcesOf(project, stack);
  const confirmed = confirmedIn(resources, there) ?? (await confirmedByHosts(resources, stack, there));
  const { version, digests } = confirmed;
  const [digest, ...others] = digests;
  if (digest === undefined || others.length > 0)
    throw new Error(
      `${there} ${version} of ${stack} has ${digests.length === 0 ? "no image" : "several images"} of its version, so its own cannot be told; slipway deploy ${application} --env ${to} --version ${version} --digest sha256:…`,
    );
  process.stdout.write(`${stack} has confirmed ${there} ${version}, ${digest}\n`);
  return deploy(application, { ...options, env: to, version, digest });
}

/** Where the last deployment failed, the state does not tell what was confirmed before: its hosts do. */
async function confirmedByHosts(resources: Resource[], stack: string, application: string): Promise<Promoted> {
  const { version } = keptIn(resources, application);
  if (version === undefined)
    throw new Error(
      `${stack} has never confirmed ${application}, so there is nothing to promote; slipway deploy ${application} --env ${stack} first`,
    );
  const told = await keptOn(await readHosts(stack), application);
  try {
    const { version: confirmed, release, hosts } = confirmedOn(told);
    const digests = digestsOf(told, release, repositoriesIn(resources, application));
    if (digests.length === 0) throw new Error(`${hosts.join(", ")} does not tell the images of release ${release}`);
    return { version: confirmed, digests };
  } catch (error) {
    throw new Error(
      `the last deployment of ${application} to ${stack} was not confirmed, so the state does not tell the image of ${version}, which was before, and nor do its hosts: ${(error as Error).message}; slipway deploy ${application} --env ${stack} first`,
    );
  }
}

type Promoted = Pick<Confirmed, "version" | "digests">;
