/** `build`: images, pushed once, with provenance; deployments use their digests. */
import { mainBranches } from "./branches.ts";
import { imageMatrix, matrixImage, registryOf } from "./images.ts";
import type { Permissions, RunnerJob, Step, Workflow } from "./model.ts";
import { NOT_A_RELEASE, tagImage } from "./once.ts";
import { runnerOf } from "./runners.ts";
import type { BuildSpec, ImageSpec, Runner, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, GHCR, job, loginTo, PUBLIC, REGISTRY_PASSWORD, script, setupBuildx, when } from "./steps.ts";

/** Name of the output that holds an image's digest. */
export const digestOutput = (image: Pick<ImageSpec, "name">): string => `digest-${image.name}`;

export function buildWorkflow(spec: BuildSpec, workflows: WorkflowsSpec): Workflow {
  const { branches, deploy } = workflows;
  const runner = runnerOf(workflows, "checks");
  return {
    name: "build",
    on: {
      ...(deploy
        ? {}
        : {
            push: {
              branches: [...mainBranches(workflows), ...(branches === "gitflow" ? ["release/*"] : [])],
              tags: ["v*"],
            },
          }),
      workflow_dispatch: {},
      workflow_call: {
        ...(needsPassword(spec)
          ? {
              secrets: {
                [REGISTRY_PASSWORD]: { description: `Password at ${registryOf(spec.images[0]!)}`, required: true },
              },
            }
          : {}),
        outputs: {
          ...digestOutputs(spec),
          version: {
            description: "The tag that never moves: sha-<commit> or vX.Y.Z",
            value: "${{ jobs.images.outputs.version }}",
          },
        },
      },
    },
    concurrency: { group: "build-${{ github.ref }}", "cancel-in-progress": false },
    jobs: { images: imagesJob(spec, runner, branches) },
  };
}

/** Whether the images go to a registry that does not accept the job's own token. */
export const needsPassword = ({ images: [first] }: BuildSpec): boolean =>
  first !== undefined && registryOf(first) !== GHCR;

const digestOutputs = ({ images: wanted }: BuildSpec) =>
  Object.fromEntries(
    wanted.map((image) => [
      digestOutput(image),
      { description: `Digest of ${image.image}`, value: `\${{ jobs.images.outputs.${digestOutput(image)} }}` },
    ]),
  );

/** The permissions that `build` needs; `deploy` passes them on. */
export const buildPermissions = ({ attest }: BuildSpec): Permissions =>
  attest === false
    ? { contents: "read", packages: "write" }
    : { "artifact-metadata": "write", attestations: "write", contents: "read", "id-token": "write", packages: "write" };

function imagesJob(spec: BuildSpec, runner: Runner, branches: WorkflowsSpec["branches"]): RunnerJob {
  const { images: wanted, platforms, once = false } = spec;
  const building = once ? NOT_A_RELEASE : undefined;
  return job(runner, {
    name: "image ${{ matrix.name }}",
    "timeout-minutes": 45,
    permissions: buildPermissions(spec),
    ...imageMatrix(wanted, true),
    outputs: {
      ...Object.fromEntries(
        wanted.map((image) => [digestOutput(image), `\${{ steps.digest.outputs.${digestOutput(image)} }}`]),
      ),
      version: "${{ steps.version.outputs.tag }}",
    },
    steps: [
      CHECKOUT,
      versionStep,
      setupBuildx,
      ...wanted.slice(0, 1).map((first) => loginTo(registryOf(first))),
      metadataStep(branches),
      { ...buildAndPush(wanted, platforms), ...when(building) },
      ...attestSteps(spec, building),
      ...(once ? [tagImage] : []),
      digestStep(once),
    ],
  });
}

/** The tag that never moves, and the version built into the image: `1.4.0` for the tag `v1.4.0`, else `sha-<commit>`. */
const versionStep: Step = {
  name: "Version",
  id: "version",
  run: script(
    "case $GITHUB_REF in",
    "  refs/tags/v*) tag=$GITHUB_REF_NAME version=${GITHUB_REF_NAME#v} ;;",
    "  *) tag=sha-${GITHUB_SHA:0:7} version=$tag ;;",
    "esac",
    'printf "tag=%s\\nversion=%s\\n" "$tag" "$version" >>"$GITHUB_OUTPUT"',
  ),
};

/** What `latest` points to: the default branch's image; with gitflow, which does not build that branch, the newest release. */
const LATEST = {
  trunk: "{{is_default_branch}}",
  gitflow: "${{ startsWith(github.ref, 'refs/tags/v') && !contains(github.ref_name, '-') }}",
};

const metadataStep = (branches: WorkflowsSpec["branches"] = "trunk"): Step => ({
  name: "Tags and labels",
  id: "metadata",
  uses: "docker/metadata-action",
  with: {
    images: "${{ matrix.image }}",
    flavor: "latest=false",
    // A release is rebuilt and reports its own version, so its commit's tag stays with the branch's image.
    tags: script(
      `type=raw,value=latest,enable=${LATEST[branches]}`,
      "type=sha,prefix=sha-,format=short,enable=${{ github.ref_type == 'branch' }}",
      "type=ref,event=branch",
      "type=semver,pattern=v{{version}}",
    ),
  },
});

function buildAndPush(images: ImageSpec[], platforms: string | undefined): Step {
  return {
    name: "Build and push",
    id: "push",
    uses: "docker/build-push-action",
    with: {
      ...matrixImage(images),
      ...(platforms ? { platforms } : {}),
      push: true,
      tags: "${{ steps.metadata.outputs.tags }}",
      labels: "${{ steps.metadata.outputs.labels }}",
      "build-args": script("VERSION=${{ steps.version.outputs.version }}", "COMMIT=${{ github.sha }}"),
      // A release is built from its source alone: a branch could have poisoned the cache.
      "cache-from": "${{ github.ref_type == 'branch' && format('type=gha,scope={0}', matrix.name) || '' }}",
      "cache-to": "${{ github.ref_type == 'branch' && format('type=gha,mode=max,scope={0}', matrix.name) || '' }}",
      provenance: "mode=max",
      sbom: true,
    },
  };
}

const attestSteps = ({ attest: wanted }: BuildSpec, building: string | undefined): Step[] =>
  wanted === false
    ? []
    : [
        {
          name: "Attest provenance",
          ...when(building, wanted ? undefined : PUBLIC),
          uses: "actions/attest",
          with: {
            "subject-name": "${{ matrix.image }}",
            "subject-digest": "${{ steps.push.outputs.digest }}",
            "push-to-registry": true,
          },
        },
      ];

const digestStep = (once: boolean): Step => ({
  name: "Digest",
  id: "digest",
  env: {
    NAME: "${{ matrix.name }}",
    IMAGE: "${{ matrix.image }}",
    DIGEST: `\${{ ${once ? "steps.known.outputs.digest || " : ""}steps.push.outputs.digest }}`,
  },
  run: script('echo "digest-$NAME=$DIGEST" >>"$GITHUB_OUTPUT"', 'echo "$IMAGE@$DIGEST" >>"$GITHUB_STEP_SUMMARY"'),
});
