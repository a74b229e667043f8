/** What is known before anything is touched: the words, the settings, git, and what the hosts say. */
import { readFileSync } from "node:fs";
import { readProject, readStack } from "../check/stackSettings.ts";
import { readHosts, type Stack } from "../hosts/stack.ts";
import { requireBranch, type Tracked, trackedFile } from "./git.ts";
import { type Values, valuesIn, withValues } from "./settingsFile.ts";
import { lookAt, type Sight } from "./sight.ts";
import { differences, type Wanted } from "./told.ts";
import { type Asked, applicationOf, valuesOf } from "./words.ts";

export interface DeployOptions extends Asked {
  env: string;
  yes?: boolean;
  /** Commits the settings. */
  commit?: boolean;
  /** Folders of policies beside Slipway's own. */
  policyPack?: string[];
}

/** All that is known before anything is touched. */
export interface Begun {
  wanted: Wanted;
  stack: Stack;
  tracked: Tracked | undefined;
  /** The settings as they are, and as they will be. */
  text: string;
  next: string;
  values: { before: Values; next: Values };
  sight: Sight;
  packs: string[];
  /** Whether what holds is committed. */
  commits: boolean;
}

/** @throws Error for words that cannot be followed */
export async function begin(
  named: string | undefined,
  { env, commit = true, policyPack = [], ...asked }: DeployOptions,
): Promise<Begun> {
  const settings = readStack(readProject(), env);
  const stack = await readHosts(env);
  const { file } = stack;
  const application = applicationOf(Object.keys(stack.applications), file, named);
  const text = readFileSync(file, "utf8");
  const before = valuesIn(text, file, application);
  const next = valuesOf(asked, before, settings.entries.protected === "true");
  const tracked = trackedFile(file);
  const wanted = withValues(text, file, application, next);
  // To go back is meant once, and is in no commit.
  if (commit && tracked)
    requireBranch(tracked, withValues(wanted, file, application, { allowDowngrade: before.allowDowngrade }));
  const sight = await lookAt(stack, application);
  return {
    wanted: { application, env: stack.name, file, version: next.version ?? before.version },
    stack,
    tracked,
    text,
    next: wanted,
    values: { before, next },
    sight,
    packs: policyPack,
    commits: commit,
  };
}

/** The first lines: what is to be, and what differs. */
export function beginning({ wanted, text, values, tracked, sight }: Begun): string {
  const { application, env, file, version } = wanted;
  const inGit = tracked?.committed;
  const differ = differences(
    wanted,
    { values: values.before, text },
    inGit === undefined ? undefined : { text: inGit, values: valuesBefore(inGit, file, application) },
    sight,
  );
  const was = values.before.version;
  const change =
    version === undefined
      ? "the version that runs"
      : was === version || was === undefined
        ? version
        : `${was} => ${version}`;
  return [`${application} in ${env}: ${change}`, ...differ.map((line) => `  differs: ${line}`)].join("\n");
}

/** A commit may have it in another form, or not at all. */
function valuesBefore(text: string, file: string, application: string): Values {
  try {
    return valuesIn(text, file, application);
  } catch {
    return {};
  }
}
