/** `build`: images, pushed once, with where they come from; what is deployed is their digest. */
import { mainBranches } from "./branches.ts";
import { imageMatrix, matrixImage, registryOf } from "./images.ts";
import type { Permissions, RunnerJob, Step, Workflow } from "./model.ts";
import type { BuildSpec, ImageSpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, GHCR, job, loginTo, PUBLIC, REGISTRY_PASSWORD, script, setupBuildx } from "./steps.ts";

/** Name of the output that is an image's digest. */
export const digestOutput = (image: Pick<ImageSpec, "name">): string => `digest-${image.name}`;

export function build(spec: BuildSpec, workflows: WorkflowsSpec): Workflow {
  const { runner = "ubuntu-24.04", branches, deploy } = workflows;
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
          ...digests(spec),
          version: {
            description: "The tag that never moves: sha-<commit>, or vX.Y.Z",
            value: "${{ jobs.images.outputs.version }}",
          },
        },
      },
    },
    concurrency: { group: "build-${{ github.ref }}", "cancel-in-progress": false },
    jobs: { images: images(spec, runner, branches) },
  };
}

/** Whether the images go to a registry that does not know the job's own token. */
export const needsPassword = ({ images: [first] }: BuildSpec): boolean =>
  first !== undefined && registryOf(first) !== GHCR;

const digests = ({ images: wanted }: BuildSpec) =>
  Object.fromEntries(
    wanted.map((image) => [
      digestOutput(image),
      { description: `Digest of ${image.image}`, value: `\${{ jobs.images.outputs.${digestOutput(image)} }}` },
    ]),
  );

/** What `build` needs; `deploy` hands it on. */
export const buildPermissions = ({ attest }: BuildSpec): Permissions =>
  attest === false
    ? { contents: "read", packages: "write" }
    : { attestations: "write", contents: "read", "id-token": "write", packages: "write" };

function images(spec: BuildSpec, runner: string | string[], branches: WorkflowsSpec["branches"]): RunnerJob {
  const { images: wanted, platforms } = spec;
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
      version,
      setupBuildx,
      ...wanted.slice(0, 1).map((first) => loginTo(registryOf(first))),
      metadata(branches),
      buildAndPush(wanted, platforms),
      ...attest(spec),
      digest,
    ],
  });
}

/** The tag that never moves, and what the image is told of itself: `1.4.0` of the tag `v1.4.0`, else `sha-<commit>`. */
const version: Step = {
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

/** What `latest` is: the default branch's; with gitflow, which does not build that one, the newest release. */
const LATEST = {
  trunk: "{{is_default_branch}}",
  gitflow: "${{ startsWith(github.ref, 'refs/tags/v') && !contains(github.ref_name, '-') }}",
};

const metadata = (branches: WorkflowsSpec["branches"] = "trunk"): Step => ({
  name: "Tags and labels",
  id: "metadata",
  uses: "docker/metadata-action",
  with: {
    images: "${{ matrix.image }}",
    flavor: "latest=false",
    // A release is built anew and calls itself by its version: the tag of its commit stays the branch's image.
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
      // A release is built from its source alone: a branch could have put something into the cache.
      "cache-from": "${{ github.ref_type == 'branch' && format('type=gha,scope={0}', matrix.name) || '' }}",
      "cache-to": "${{ github.ref_type == 'branch' && format('type=gha,mode=max,scope={0}', matrix.name) || '' }}",
      provenance: "mode=max",
      sbom: true,
    },
  };
}

const attest = ({ attest: wanted }: BuildSpec): Step[] =>
  wanted === false
    ? []
    : [
        {
          name: "Attest where it comes from",
          ...(wanted ? {} : { if: `\${{ ${PUBLIC} }}` }),
          uses: "actions/attest",
          with: {
            "subject-name": "${{ matrix.image }}",
            "subject-digest": "${{ steps.push.outputs.digest }}",
            "push-to-registry": true,
          },
        },
      ];

const digest: Step = {
  name: "Digest",
  id: "digest",
  env: { NAME: "${{ matrix.name }}", IMAGE: "${{ matrix.image }}", DIGEST: "${{ steps.push.outputs.digest }}" },
  run: script('echo "digest-$NAME=$DIGEST" >>"$GITHUB_OUTPUT"', 'echo "$IMAGE@$DIGEST" >>"$GITHUB_STEP_SUMMARY"'),
};
