/** `security`: known weaknesses in dependencies, images and code; at every change and once a week. */
import { TRIVY_VERSION } from "./actions.ts";
import type { Job, Permissions, Step, Workflow } from "./model.ts";
import type { ImageSpec, SecuritySpec, WorkflowsSpec } from "./spec.ts";
import { mainBranches } from "./branches.ts";
import { imageMatrix, matrixImage } from "./images.ts";
import { CHECKOUT, job, setupBuildx } from "./steps.ts";

export function security(spec: SecuritySpec, workflows: WorkflowsSpec): Workflow {
  const { runner = "ubuntu-24.04", build } = workflows;
  const { schedule = "23 4 * * 1", codeql = [], upload = true } = spec;
  const permissions: Permissions = { contents: "read", ...(upload ? { "security-events": "write" } : {}) };
  const jobs: Record<string, Job> = {
    dependencies: job(runner, {
      name: "dependencies of the change", if: "${{ github.event_name == 'pull_request' }}",
      steps: [CHECKOUT, { uses: "actions/dependency-review-action", with: { "fail-on-severity": "high" } }],
    }),
    files: job(runner, { name: "files", permissions, steps: [CHECKOUT, ...trivy("fs", { "scan-ref": "." }, upload, "files")] }),
    ...(build ? { images: job(runner, { ...images(build.images, upload), permissions }) } : {}),
    ...(codeql.length > 0 ? { codeql: job(runner, { ...analysis(codeql), permissions: { contents: "read", "security-events": "write" } }) } : {}),
  };
  return {
    name: "security",
    on: { pull_request: {}, push: { branches: mainBranches(workflows) }, schedule: [{ cron: schedule }] },
    concurrency: { group: "security-${{ github.ref }}", "cancel-in-progress": "${{ github.event_name == 'pull_request' }}" },
    jobs,
  };
}

const SEVERITY = "HIGH,CRITICAL";

/** Trivy fails the job on what is serious; the report is written either way. */
function trivy(type: "fs" | "image", target: Record<string, string>, upload: boolean, category: string): Step[] {
  return [
    {
      name: "Scan", uses: "aquasecurity/trivy-action",
      with: {
        "scan-type": type, ...target, version: TRIVY_VERSION, scanners: "vuln,secret,misconfig", severity: SEVERITY, "ignore-unfixed": true, "exit-code": "1", cache: false,
        ...(upload ? { format: "sarif", "limit-severities-for-sarif": true, output: "trivy.sarif" } : { format: "table" }),
      },
    },
    // A fork's token may not write it.
    ...(upload ? [{
      name: "Report", if: "${{ !cancelled() && (github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository) }}",
      uses: "github/codeql-action/upload-sarif" as const, with: { sarif_file: "trivy.sarif", category: `trivy-${category}` },
    }] : []),
  ];
}

function images(wanted: ImageSpec[], upload: boolean) {
  return {
    name: "image ${{ matrix.name }}", "timeout-minutes": 30,
    ...imageMatrix(wanted, false),
    steps: [
      CHECKOUT, setupBuildx,
      { uses: "docker/build-push-action" as const, with: { ...matrixImage(wanted), push: false, load: true, tags: "scan:${{ matrix.name }}" } },
      ...trivy("image", { "image-ref": "scan:${{ matrix.name }}" }, upload, "${{ matrix.name }}"),
    ],
  };
}

function analysis(languages: string[]) {
  return {
    name: "codeql ${{ matrix.language }}", "timeout-minutes": 45,
    strategy: { "fail-fast": false, matrix: { language: languages } },
    steps: [
      CHECKOUT,
      { uses: "github/codeql-action/init" as const, with: { languages: "${{ matrix.language }}", "build-mode": "none", queries: "security-extended" } },
      { uses: "github/codeql-action/analyze" as const, with: { category: "codeql-${{ matrix.language }}" } },
    ],
  };
}
