/** `slipway promote`: what one environment has confirmed goes to another, the same version and the same image. */
import { confirmedIn, keptIn, type Resource } from "../../components/state/kept.ts";
import { readStateFile, type StackState } from "../../components/state/stateFile.ts";
import { type Project, readProject, readStack } from "../check/stackSettings.ts";
import type { DeployOptions } from "./begun.ts";
import { deploy } from "./deploy.ts";
import { stateNow } from "./state.ts";
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
  const confirmed = confirmedIn(resources, there);
  if (confirmed === undefined) throw new Error(unconfirmed(keptIn(resources, there).version, stack, there));
  const { version, digests } = confirmed;
  const [digest, ...others] = digests;
  if (digest === undefined || others.length > 0)
    throw new Error(
      `${there} ${version} of ${stack} has ${digests.length === 0 ? "no image" : "several images"} of its version, so its own cannot be told; slipway deploy ${application} --env ${to} --version ${version} --digest sha256:…`,
    );
  process.stdout.write(`${stack} has confirmed ${there} ${version}, ${digest}\n`);
  return deploy(application, { ...options, env: to, version, digest });
}

/** @param version what its hosts confirmed before the last deployment */
const unconfirmed = (version: string | undefined, stack: string, application: string): string =>
  version === undefined
    ? `${stack} has never confirmed ${application}, so there is nothing to promote; slipway deploy ${application} --env ${stack} first`
    : `the last deployment of ${application} to ${stack} was not confirmed, so the state does not tell the image of ${version}, which was before; slipway deploy ${application} --env ${stack} first`;

/** @throws Error if the state of a stack cannot be read */
function resourcesOf({ name }: Project, stack: string): Resource[] {
  const state = readStateFile({ project: name, stack }, process.cwd()) ?? exported(stack);
  return state.deployment?.resources ?? [];
}

function exported(stack: string): StackState {
  try {
    return JSON.parse(stateNow(stack)) as StackState;
  } catch (error) {
    throw new Error(
      `what ${stack} has confirmed cannot be read: ${(error as Error).message}; mend that, and run this again`,
    );
  }
}
