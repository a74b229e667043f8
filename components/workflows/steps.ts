/** Steps and jobs that several workflows share. */
import type { Permissions, RunnerJob, Step } from "./model.ts";

export const CHECKOUT: Step = { uses: "actions/checkout", with: { "persist-credentials": false } };

/** The repository with all its history and tags. */
export const CHECKOUT_ALL: Step = { uses: "actions/checkout", with: { "persist-credentials": false, "fetch-depth": 0 } };

/** @param version of Node, like "24"; no cache, as one may be poisoned by another branch */
export const setupNode = (version: string): Step =>
  ({ uses: "actions/setup-node", with: { "node-version": version, "package-manager-cache": false } });

export const setupBuildx: Step = { uses: "docker/setup-buildx-action", with: { "cache-binary": false } };

/** At GHCR with the job's own token, which ends with the job; elsewhere as the repository's variable and secret say. */
export const loginTo = (registry: string): Step => ({
  uses: "docker/login-action",
  with: registry === GHCR ? { registry, username: "${{ github.actor }}", password: "${{ github.token }}" }
    : { registry, username: "${{ vars.REGISTRY_USERNAME }}", password: `\${{ secrets.${REGISTRY_PASSWORD} }}` },
});

export const GHCR = "ghcr.io";

/** Name of the repository's secret that is the password at a registry other than GHCR. */
export const REGISTRY_PASSWORD = "REGISTRY_PASSWORD";

/** Commands, one a line. */
export const script = (...lines: string[]): string => lines.length === 1 ? lines[0]! : `${lines.join("\n")}\n`;

/** What a job is beyond the defaults: read access to the code, a quarter of an hour. */
export type JobBody = Omit<RunnerJob, "runs-on" | "permissions" | "timeout-minutes"> & { permissions?: Permissions; "timeout-minutes"?: number };

export function job(runner: string | string[], { name, needs, if: condition, permissions, "timeout-minutes": minutes, ...rest }: JobBody): RunnerJob {
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
