/** The files that git runs: for /bin/sh, as short as can be. `slipway hooks run` does the work. */
import { hashOf } from "../../components/shared/hash.ts";
import { quote } from "../../components/shared/shell.ts";
import { HOOKS, HOOKS_FILE, type HookName } from "./config.ts";

/** What was at a hook's place has this at its end, beside ours. */
export const BEFORE = ".before-slipway";

/** How a hook was written. */
export interface Written {
  /** The `slipway` command: from the repository's root, or an absolute path. */
  slipway: string;
  /** Where node is: what starts git may have another on its PATH, or none. Absent in a file that others get, too. */
  node?: string;
  /** `sh` where whoever runs the hook, husky, takes any file for a shell script. */
  runner?: "sh";
  /** Folder whose hooks run before ours, where they stay in it; absent where they are beside ours. */
  outer?: string;
  /** Whether the folder of hooks was made for it. */
  madeFolder?: true;
}

const HEAD = /^#!\/bin\/sh\n# slipway hook ([0-9a-f]{12}) (\{.*\})\n([\s\S]*)$/;

function signed(written: Written, body: string): string {
  const { slipway, node, runner, outer, madeFolder } = written;
  const ordered = JSON.stringify({ slipway, node, runner, outer, madeFolder });
  return `#!/bin/sh\n# slipway hook ${hashOf([ordered, body])} ${ordered}\n${body}`;
}

/** A hook of ours, read from its text; undefined for one of somebody else. */
export function parseHook(text: string): { written: Written; isAsWritten: boolean } | undefined {
  const [, hash, meta, body] = HEAD.exec(text) ?? [];
  if (meta === undefined) return undefined;
  try {
    return { written: JSON.parse(meta) as Written, isAsWritten: hash === hashOf([meta, body]) };
  } catch {
    return undefined;
  }
}

const REFUSES = "Nothing is pushed; git push --no-verify pushes without tests and deployment.";

export function renderHook(name: HookName, written: Written): string {
  const { slipway, node, outer, runner = "" } = written;
  const before = outer === undefined ? `$(dirname "$0")/${name}${BEFORE}` : undefined;
  const isPush = name === "pre-push";
  const folder = /^(.*)\/node_modules\//.exec(`/${slipway}`)?.[1]?.slice(1);
  const mend = folder === undefined || slipway.startsWith("/") ? "run slipway hooks install again" : "run npm install";
  const where = folder === undefined || folder === "" || slipway.startsWith("/") ? "" : ` in ${folder}`;
  return signed(
    written,
    `# Written by \`slipway hooks install\`, taken away by \`slipway hooks uninstall\`: what is edited here does not stay.
# What it does is in ${HOOKS_FILE}. What was a hook before runs first.
say() { printf 'slipway: ${name}: %s\\n' "$*" >&2; }
${isPush ? "refs=$(cat)" : "refs="}
given() { [ -z "$refs" ] || printf '%s\\n' "$refs"; }

before=${before === undefined ? quote(`${outer}/${name}`) : `"${before}"`}
if ${runner === "" ? '[ -x "$before" ]' : '[ -f "$before" ]'}; then
  # pre-commit that was installed once more runs this file, and is the hook before at the same time.
  if [ -z "\${PRE_COMMIT_RUNNING_LEGACY-}" ] || ! grep -q pre-commit.com "$before"; then
    given | ${runner === "" ? "" : "sh -e "}"$before" "$@" || exit
  fi
fi

# Of a commit that a hook makes, or a push.
[ -z "\${SLIPWAY_HOOKS_RUNNING-}" ] || exit 0
grep -qs '"${HOOKS[name]}"' ${HOOKS_FILE} || exit 0
if [ "\${SLIPWAY_HOOKS-}" = off ]; then
  say 'skipped, as SLIPWAY_HOOKS=off'
  exit 0
fi
slipway=${quote(slipway)}
# A linked worktree has no packages of its own.
${slipway.startsWith("/") ? "" : `[ -f "$slipway" ] || slipway=$(git rev-parse --git-common-dir)/../$slipway\n`}if [ ! -f "$slipway" ]; then
  say ${quote(`${slipway} is not there; ${mend}${where}.${isPush ? ` ${REFUSES}` : ""}`)}
  exit 1
fi
node=${quote(node ?? "node")}
command -v "$node" >/dev/null 2>&1 || node=node
if ! command -v "$node" >/dev/null 2>&1; then
  say ${quote(`node is not on the PATH of what started git; start that from a shell that has it.${isPush ? ` ${REFUSES}` : ""}`)}
  exit 1
fi
given | "$node" "$slipway" hooks run ${name} -- "$@"
`,
  );
}

/** In place of a hook of a folder that git no longer looks into: that hook, if it is there. */
export const renderStub = (name: string, written: Written): string =>
  signed(
    written,
    `# The hooks of ${JSON.stringify(written.outer)} go on to run; \`slipway hooks uninstall\` takes this file away.
before=${quote(`${written.outer}/${name}`)}
[ ! -x "$before" ] || exec "$before" "$@"
`,
  );
