/** What a release offers for download: built by a job that may change nothing, attested and attached by the one that releases. */
import type { Permissions, RunnerJob, Step } from "./model.ts";
import type { PackageSpec, Runner } from "./spec.ts";
import { CHECKOUT, job, PUBLIC, setupNode, uploadStep, when } from "./steps.ts";

const ARTIFACT = "package";

export const packageJob = (runner: Runner, { run, files, node }: PackageSpec): RunnerJob =>
  job(runner, {
    name: "package",
    "timeout-minutes": 30,
    steps: [
      CHECKOUT,
      ...(node ? [setupNode(node)] : []),
      { name: "Build the package", env: { VERSION: "${{ inputs.version }}" }, run },
      uploadStep(ARTIFACT, files),
    ],
  });

/** `actions`: to read what the other job has kept. */
export const packagePermissions = ({ attest }: PackageSpec): Permissions => ({
  actions: "read",
  ...(attest === false ? {} : { attestations: "write" as const, "id-token": "write" as const }),
});

/**
 * Puts the package into the folder `package`, and attests it.
 * @param condition of the steps, if they have one
 */
export function packageSteps({ attest }: PackageSpec, condition: string | undefined): Step[] {
  return [
    {
      name: "Package",
      ...when(condition),
      run: `gh run download "$GITHUB_RUN_ID" --name ${ARTIFACT} --dir package`,
    },
    ...(attest === false
      ? []
      : [
          {
            name: "Attest provenance",
            ...when(condition, attest ? undefined : PUBLIC),
            uses: "actions/attest" as const,
            with: { "subject-path": "package/*" },
          },
        ]),
  ];
}
