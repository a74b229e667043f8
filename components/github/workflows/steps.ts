/** Steps and jobs that several workflows share. */
import type { Permissions, RunnerJob, Step } from "./model.ts";
import type { Runner } from "./spec.ts";

export const CHECKOUT: Step = { uses: "actions/checkout", with: { "persist-credentials": false } };

/** The repository with all its history and tags. */
export const CHECKOUT_ALL: Step = {
  uses: "actions/checkout",
  with: { "persist-credentials": false, "fetch-depth": 0 },
};

/**
 * @param version Node version, like "24"
 * @param cached folder whose packages are cached between runs. None where a job has secrets: another branch could have
 * poisoned the cache.
 */
/** The Node version that Slipway's own steps need. */
export const NODE = "24";

export const setupNode = (version: string, cached?: string): Step => ({
  uses: "actions/setup-node",
  with: {
    "node-version": version,
    ...(cached === undefined
      ? { "package-manager-cache": false }
      : { cache: "npm", "cache-dependency-path": within(cached, "package-lock.json") }),
  },
});

/** Turns a path relative to the directory into one relative to the repository. */
export const within = (directory: string, path: string): string => (directory === "." ? path : `${directory}/${path}`);

/** A matrix continues with its other versions when one fails, to show which ones fail. */
export const matrix = (name: string, values: unknown[]) => ({
  strategy: { "fail-fast": false, matrix: { [name]: values } },
});

export const inDirectory = (directory: string | undefined): Pick<Step, "working-directory"> =>
  directory === undefined || directory === "." ? {} : { "working-directory": directory };

/** Keeps a file with the run for two weeks. */
export const uploadStep = (name: string, path: string): Step => ({
  uses: "actions/upload-artifact",
  with: { name, path, "if-no-files-found": "error", "retention-days": 14 },
});

export const setupBuildx: Step = { uses: "docker/setup-buildx-action", with: { "cache-binary": false } };

/** Logs in to GHCR with the job's own token, which expires with the job; elsewhere with the repository's variable and secret. */
export const loginTo = (registry: string): Step => ({
  uses: "docker/login-action",
  with:
    registry === GHCR
      ? { registry, username: "${{ github.actor }}", password: "${{ github.token }}" }
      : { registry, username: "${{ vars.REGISTRY_USERNAME }}", password: `\${{ secrets.${REGISTRY_PASSWORD} }}` },
});

/** Whether the repository is public: then GitHub's attestations and its Security page are free. */
export const PUBLIC = "github.event.repository.visibility == 'public'";

export const GHCR = "ghcr.io";

/** Name of the repository's secret with the password for a registry other than GHCR. */
export const REGISTRY_PASSWORD = "REGISTRY_PASSWORD";

/**
 * Expression for what belongs to the environment that a manual run chose.
 * @param otherwise what a run has that chose none
 */
export function byEnvironment(
  values: readonly (readonly [environment: string, value: string])[],
  otherwise?: string,
): string {
  const [first, ...others] = new Set([...values.map(([, value]) => value), ...(otherwise ? [otherwise] : [])]);
  if (first !== undefined && others.length === 0) return first;
  if (!otherwise && values.every(([environment, value]) => environment === value)) return "${{ inputs.environment }}";
  const quoted = JSON.stringify(Object.fromEntries(values)).replaceAll("'", "''");
  const chosen = `fromJSON('${quoted}')[inputs.environment]`;
  return `\${{ ${otherwise ? `inputs.environment && ${chosen} || '${otherwise}'` : chosen} }}`;
}

/** A step's condition: all of these that there are. */
export function when(...conditions: (string | undefined)[]): Pick<Step, "if"> {
  const all = conditions.filter((one) => one !== undefined);
  return all.length > 0 ? { if: `\${{ ${all.join(" && ")} }}` } : {};
}

/** Commands, one per line. */
export const script = (...lines: string[]): string => (lines.length === 1 ? lines[0]! : `${lines.join("\n")}\n`);

/** A job without its defaults: read access to the code, a time limit of 15 minutes. */
export type JobBody = Omit<RunnerJob, "runs-on" | "permissions" | "timeout-minutes"> & {
  permissions?: Permissions;
  "timeout-minutes"?: number;
};

export function job(
  runner: Runner,
  { name, needs, if: condition, permissions, "timeout-minutes": minutes, ...rest }: JobBody,
): RunnerJob {
  return {
    name,
    ...(needs?.length ? { needs } : {}),
    ...(condition ? { if: condition } : {}),
    "runs-on": runner,
    "timeout-minutes": minutes ?? 15,
    permissions: permissions ?? { contents: "read" },
    ...rest,
  };
}

/**
 * The last job, which sums up all others and runs whatever their results.
 * @param accepted results that let it pass
 */
export const gate = (name: string, needs: string[], ...accepted: ("success" | "skipped")[]): JobBody => ({
  name,
  needs,
  if: "${{ always() }}",
  permissions: {},
  "timeout-minutes": 5,
  steps: [
    {
      name: "All checks passed",
      env: { RESULTS: "${{ join(needs.*.result, ' ') }}" },
      run: script(
        'echo "results: $RESULTS"',
        "for result in $RESULTS; do",
        `  case $result in ${accepted.join(" | ")}) ;; *) exit 1 ;; esac`,
        "done",
      ),
    },
  ],
});
