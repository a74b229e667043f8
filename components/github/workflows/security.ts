/** `security`: scans dependencies, images and code for known vulnerabilities, on every change and once a week. */
import { TRIVY_VERSION } from "./actions.ts";
import { mainBranches } from "./branches.ts";
import { pushEvents } from "./ci.ts";
import { imageMatrix, matrixImage } from "./images.ts";
import type { Job, Permissions, Step, Workflow } from "./model.ts";
import { runnerOf } from "./runners.ts";
import type { ImageSpec, Language, SecuritySpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, gate, job, PUBLIC, setupBuildx } from "./steps.ts";

/** The check that branch protection requires; it sums up all others. */
export const SECURITY_GATE = "security gate";

/** CodeQL's build mode for a language: https://docs.github.com/en/code-security/concepts/code-scanning/codeql/about-codeql-code-scanning-for-compiled-languages */
export const BUILD_MODES: Record<Language, "none" | "autobuild"> = {
  actions: "none",
  "c-cpp": "none",
  csharp: "none",
  go: "autobuild",
  "java-kotlin": "none",
  "javascript-typescript": "none",
  python: "none",
  ruby: "none",
  rust: "none",
};

/** The permissions that `security` needs; `deploy` passes them on. Private repositories need `actions: read` for an upload. */
export const securityPermissions = (spec: SecuritySpec | true): Permissions =>
  spec !== true && spec.upload === false
    ? { contents: "read" }
    : { actions: "read", contents: "read", "security-events": "write" };

export function securityWorkflow(spec: SecuritySpec, workflows: WorkflowsSpec): Workflow {
  const { build } = workflows;
  const runner = runnerOf(workflows, "checks");
  const { schedule = "23 4 * * 1", codeql = [], upload } = spec;
  // GitHub compares results by workflow and job. A branch's results come from `deploy`, which calls this workflow, so they are reported under this workflow's name.
  const reporting = (id: string) => ({
    permissions: securityPermissions(spec),
    ...(upload === false ? {} : { env: { CODEQL_ACTION_ANALYSIS_KEY: `.github/workflows/security.yml:${id}` } }),
  });
  const jobs: Record<string, Job> = {
    ...(upload === false
      ? {}
      : {
          dependencies: job(runner, {
            name: "dependencies of the change",
            if: `\${{ ${allOf("github.event_name == 'pull_request'", uploadCondition(upload))} }}`,
            steps: [CHECKOUT, { uses: "actions/dependency-review-action", with: { "fail-on-severity": "high" } }],
          }),
        }),
    files: job(runner, {
      name: "files",
      ...reporting("files"),
      steps: [CHECKOUT, ...trivySteps("fs", { "scan-ref": "." }, upload, "files")],
    }),
    ...(build ? { images: job(runner, { ...imagesJob(build.images, upload), ...reporting("images") }) } : {}),
    ...(codeql.length > 0 ? { codeql: job(runner, { ...codeqlJob(codeql, upload), ...reporting("codeql") }) } : {}),
  };
  return {
    name: "security",
    on: {
      pull_request: {},
      merge_group: {},
      ...pushEvents(mainBranches(workflows), workflows),
      schedule: [{ cron: schedule }],
      workflow_call: {},
    },
    concurrency: {
      group: "security-${{ github.workflow }}-${{ github.ref }}",
      "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    },
    // Jobs that do not apply to the event or the repository are skipped; none waits for another.
    jobs: { ...jobs, "security-gate": job(runner, gate(SECURITY_GATE, Object.keys(jobs), "success", "skipped")) },
  };
}

const SEVERITY = "HIGH,CRITICAL";

/** A fork's token may not write results. */
export const MAY_WRITE =
  "(github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository)";

/** Condition that the repository has a Security page; none if the declaration says that it has. */
export const uploadCondition = (upload: boolean | undefined): string => (upload ? "" : PUBLIC);

const allOf = (...conditions: string[]): string => conditions.filter(Boolean).join(" && ");

/** Trivy fails the job on serious findings; the report is written either way. */
function trivySteps(
  type: "fs" | "image",
  target: Record<string, string>,
  upload: boolean | undefined,
  category: string,
): Step[] {
  const scan = (format: NonNullable<Step["with"]>): Step => ({
    name: "Scan",
    uses: "aquasecurity/trivy-action",
    with: {
      "scan-type": type,
      ...target,
      version: TRIVY_VERSION,
      scanners: "vuln,secret,misconfig",
      severity: SEVERITY,
      "ignore-unfixed": true,
      "exit-code": "1",
      cache: false,
      ...format,
    },
  });
  if (upload === false) return [scan({ format: "table" })];
  return [
    scan({ format: "sarif", "limit-severities-for-sarif": true, output: "trivy.sarif" }),
    {
      name: "Report",
      if: `\${{ ${allOf("!cancelled()", uploadCondition(upload), MAY_WRITE)} }}`,
      uses: "github/codeql-action/upload-sarif",
      with: { sarif_file: "trivy.sarif", category: `trivy-${category}` },
    },
    // Anyone without access to the Security page, like a fork's author, can read the findings here.
    {
      name: "Findings",
      if: "${{ failure() }}",
      run: String.raw`jq -r '.runs[].results[] | "\(.locations[0].physicalLocation.artifactLocation.uri)\n\(.message.text)\n"' trivy.sarif`,
    },
  ];
}

function imagesJob(wanted: ImageSpec[], upload: boolean | undefined) {
  return {
    name: "image ${{ matrix.name }}",
    "timeout-minutes": 30,
    ...imageMatrix(wanted, false),
    steps: [
      CHECKOUT,
      setupBuildx,
      {
        uses: "docker/build-push-action" as const,
        with: { ...matrixImage(wanted), push: false, load: true, tags: "scan:${{ matrix.name }}" },
      },
      ...trivySteps("image", { "image-ref": "scan:${{ matrix.name }}" }, upload, "${{ matrix.name }}"),
    ],
  };
}

function codeqlJob(languages: Language[], upload: boolean | undefined) {
  return {
    name: "codeql ${{ matrix.language }}",
    "timeout-minutes": 45,
    ...(upload ? {} : { if: `\${{ ${PUBLIC} }}` }),
    strategy: {
      "fail-fast": false,
      matrix: { include: languages.map((language) => ({ language, build: BUILD_MODES[language] })) },
    },
    steps: [
      CHECKOUT,
      {
        uses: "github/codeql-action/init" as const,
        with: {
          languages: "${{ matrix.language }}",
          "build-mode": "${{ matrix.build }}",
          queries: "security-extended",
        },
      },
      {
        uses: "github/codeql-action/analyze" as const,
        with: { category: "codeql-${{ matrix.language }}", upload: `\${{ ${MAY_WRITE} && 'always' || 'never' }}` },
      },
    ],
  };
}
