import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { QUALITY_GATE, SECURITY_GATE, type WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { wholeOf } from "../fixtures/repository.ts";
import { PIPELINES } from "../fixtures/workflows.ts";
import { exitOf, PUBLIC, rendered, steps } from "../support/workflows.ts";

describe("security", () => {
  const { jobs, on, concurrency } = rendered(PIPELINES.platform!.workflows, "security");
  const report = (spec: WorkflowsSpec["security"]) =>
    steps(rendered({ security: spec! }, "security").jobs.files).find(({ name }) => name === "Report");
  it("has one gate that stands for all of it, and lets pass what is skipped on purpose", () => {
    const { "security-gate": gate, ...others } = jobs;
    expect(gate).toMatchObject({
      name: SECURITY_GATE,
      needs: Object.keys(others),
      if: "${{ always() }}",
      permissions: {},
    });
    const [step] = steps(gate);
    expect([
      exitOf(step, { RESULTS: "skipped success success" }),
      ...["success failure success", "success cancelled success"].map((RESULTS) => exitOf(step, { RESULTS })),
    ]).toEqual([0, 1, 1]);
  });
  it("is needed for a merge, beside that of `ci`", () => {
    const checks = (workflows: WorkflowsSpec, more: Partial<RepositorySpec> = {}) =>
      wholeOf({ workflows, ...more }).rulesets.find(({ name }) => name === "main")!.rules.requiredStatusChecks as
        | { requiredChecks: { context: string; integrationId?: number }[] }
        | undefined;
    // Only GitHub Actions may report them; others are by whomever they say.
    const [quality, security] = [QUALITY_GATE, SECURITY_GATE].map((context) => ({ context, integrationId: 15368 }));
    expect(checks({ ci: { go: { versions: ["1.26"] } }, security: true })!.requiredChecks).toEqual([quality, security]);
    expect(checks({ security: true })!.requiredChecks).toEqual([security]);
    expect(checks({ security: true }, { checks: [SECURITY_GATE, "codecov"] })!.requiredChecks).toEqual([
      security,
      { context: "codecov" },
    ]);
    expect(checks({ security: true }, { protection: "both" })!.requiredChecks).toEqual([{ context: SECURITY_GATE }]);
    expect(checks({ frontend: {} })).toBeUndefined();
  });
  it("starts at no push that `deploy` calls it for, and does not break off what `deploy` waits for", () => {
    expect([on.push, on.workflow_call]).toEqual([undefined, {}]);
    expect(rendered(PIPELINES.womsoft!.workflows, "security").on.push).toEqual({ branches: ["main"] });
    expect(rendered({ security: true, branches: "gitflow" }, "security").on.push).toEqual({
      branches: ["main", "develop"],
    });
    expect(concurrency!.group).toBe("security-${{ github.workflow }}-${{ github.ref }}");
  });
  it("gives its results to the Security page where there is one, and never out of a fork", () => {
    const own =
      "(github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository)";
    expect(report(true).if).toBe(`\${{ !cancelled() && ${PUBLIC} && ${own} }}`);
    expect(report({ upload: true }).if).toBe(`\${{ !cancelled() && ${own} }}`);
    expect(report({ upload: false })).toBeUndefined();
    expect(steps(jobs.codeql).at(-1).with.upload).toBe(`\${{ ${own} && 'always' || 'never' }}`);
  });
  it("gives results the same name whoever calls it, as GitHub compares a pull request's with those of the branch", () => {
    for (const id of ["files", "images", "codeql"])
      expect(jobs[id].env).toEqual({ CODEQL_ACTION_ANALYSIS_KEY: `.github/workflows/security.yml:${id}` });
    expect(rendered(PIPELINES.myfoodbudget!.workflows, "security").jobs.files.env).toBeUndefined();
  });
  it("says in the log what it found, as not everybody sees that page", () => {
    const [, , , found] = steps(rendered({ security: true }, "security").jobs.files);
    expect(found.if).toBe("${{ failure() }}");
    const folder = mkdtempSync(join(tmpdir(), "slipway-sarif-"));
    writeFileSync(
      join(folder, "trivy.sarif"),
      JSON.stringify({
        runs: [
          {
            results: [
              {
                message: { text: "Package: lodash\nSeverity: HIGH" },
                locations: [{ physicalLocation: { artifactLocation: { uri: "package-lock.json" } } }],
              },
            ],
          },
        ],
      }),
    );
    expect(spawnSync("bash", ["-c", found.run], { cwd: folder, encoding: "utf8" }).stdout).toBe(
      "package-lock.json\nPackage: lodash\nSeverity: HIGH\n\n",
    );
    rmSync(folder, { recursive: true });
  });
  it("asks for what private repositories have to buy only where it is there", () => {
    const dependencies = (spec: WorkflowsSpec["security"]) =>
      rendered({ security: spec! }, "security").jobs.dependencies;
    expect(dependencies(true).if).toBe(`\${{ github.event_name == 'pull_request' && ${PUBLIC} }}`);
    expect(dependencies({ upload: true }).if).toBe("${{ github.event_name == 'pull_request' }}");
    expect(dependencies({ upload: false })).toBeUndefined();
    expect(rendered({ security: { codeql: ["python"] } }, "security").jobs.codeql.if).toBe(`\${{ ${PUBLIC} }}`);
    expect(jobs.codeql.if).toBeUndefined();
  });
  it("builds what CodeQL cannot read without a build", () => {
    const { codeql } = rendered({ security: { codeql: ["go", "python"] } }, "security").jobs;
    expect(codeql.strategy.matrix).toEqual({
      include: [
        { language: "go", build: "autobuild" },
        { language: "python", build: "none" },
      ],
    });
    expect(steps(codeql)[1].with).toMatchObject({
      languages: "${{ matrix.language }}",
      "build-mode": "${{ matrix.build }}",
    });
  });
});

describe("preview", () => {
  const preview = rendered(PIPELINES.platform!.workflows, "preview");
  it("gives no secret to a fork or to Dependabot, and runs as nobody else's code", () => {
    expect(Object.keys(preview.on)).toEqual(["pull_request"]);
    const own =
      "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";
    expect(preview.jobs.preview.if).toBe(`\${{ ${own} }}`);
    expect(preview.jobs["without-secrets"].if).toBe(`\${{ !(${own}) }}`);
    expect(JSON.stringify(preview.jobs["without-secrets"])).not.toMatch(/secrets\.\w/);
  });
});
