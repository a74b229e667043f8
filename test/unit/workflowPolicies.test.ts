/** Previews and deployments are judged by packs of policies, and a pull request is told what they find. */
import { describe, expect, it } from "vitest";
import { checkWorkflows, type WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { checkJob, homeOf, packsOf } from "../../components/github/workflows/policies.ts";
import { workflowsShape } from "../../components/github/workflows/shape.ts";
import { rendered, steps } from "../support/workflows.ts";

const NAME = "@anna/slipway";
const SPEC: WorkflowsSpec = {
  preview: { environments: ["dev"], program: "infra" },
  deploy: { application: "shop", program: "infra" },
  rollback: true,
};
const jobsOf = (spec: WorkflowsSpec, name: string): Record<string, any> => rendered(spec, name).jobs;
const run = (job: any, name: string): string => steps(job).find((step) => step.name === name)?.run ?? "";
const preview = (spec: WorkflowsSpec): any => steps(jobsOf(spec, "preview").preview).find(({ id }) => id === "preview");

describe("the pack", () => {
  it("is the package's below a program that depends on it, and a clone's own", () => {
    expect(packsOf({}, homeOf(NAME))).toEqual([`node_modules/${NAME}/dist/policies`]);
    expect(packsOf({}, homeOf(undefined))).toEqual(["policies"]);
  });

  it("judges a preview and a deployment, with further packs after it", () => {
    const spec = { ...SPEC, policyPacks: ["ours", "theirs/pack"] };
    expect(preview(spec).with.policyPacks).toBe("policies\nours\ntheirs/pack");
    expect(run(jobsOf(spec, "deploy")["deploy-prod"], "Deploy")).toContain(
      "pulumi up --yes --skip-preview --policy-pack policies --policy-pack ours --policy-pack theirs/pack --exclude",
    );
  });

  it("keeps nobody from a rollback", () =>
    expect(run(jobsOf(SPEC, "rollback").rollback, "Deploy")).not.toContain("--policy-pack"));

  it("can be switched off, with all that it says on a pull request", () => {
    const { preview: job, ...others } = jobsOf({ ...SPEC, policyPacks: false }, "preview");
    expect(JSON.stringify(job)).not.toMatch(/polic|slipway/);
    expect(Object.keys(others)).toEqual(["without-secrets"]);
    expect(JSON.stringify(jobsOf({ ...SPEC, policyPacks: false }, "deploy"))).not.toContain("--policy-pack");
  });

  it.each(["../ours", "/ours", "a b", "$(x)", ""])("is refused as %j", (pack) => {
    const said: string[] = [];
    checkWorkflows({ ...SPEC, policyPacks: ["@anna/ours", "./ours", pack] }, (path, value) =>
      said.push(`${path} ${value}`),
    );
    expect(said).toEqual([`policyPacks ${pack}`]);
  });

  it.each([true, "ours", { ours: true }])("is no %j", (policyPacks) =>
    expect(workflowsShape.safeParse({ policyPacks }).success).toBe(false),
  );
});

describe("what a pull request is told", () => {
  const { check } = jobsOf(SPEC, "preview");

  it("is judged of each environment in the program's folder, without a secret or an environment", () => {
    expect(run(check, "Check")).toBe('node cli/slipway.ts check --stack "$STACK"');
    expect(steps(check).find(({ name }) => name === "Check")).toMatchObject({ "working-directory": "infra" });
    expect(check.strategy.matrix).toEqual({ stack: ["dev"] });
    expect(check.environment).toBeUndefined();
    expect(check.if).toBeUndefined();
    expect(JSON.stringify(check)).not.toMatch(/secrets\./);
    const packaged = checkJob(SPEC, ["dev"], "infra", [], homeOf(NAME));
    expect(run(packaged, "Check")).toBe('npm exec --no -- slipway check --stack "$STACK"');
  });

  const upload = (security: WorkflowsSpec["security"]): any[] =>
    steps(jobsOf({ ...SPEC, ...(security ? { security } : {}) }, "preview").check).filter(({ uses = "" }) =>
      uses.startsWith("github/codeql-action/upload-sarif@"),
    );

  it("goes to the Security page of a public repository, by the one job that may write there", () => {
    for (const [report] of [upload(undefined), upload(true)]) {
      expect(report.if).toContain("github.event.repository.visibility == 'public'");
      expect(report.with).toEqual({ sarif_file: "infra/slipway.sarif", category: "slipway-${{ matrix.stack }}" });
    }
    expect(upload({ upload: true })[0].if).not.toContain("visibility");
    const writing = Object.entries(jobsOf(SPEC, "preview")).filter(
      ([, { permissions }]) => "security-events" in permissions,
    );
    expect(writing.map(([id]) => id)).toEqual(["check"]);
  });

  it("stays in the job where nothing is to be uploaded, which then writes nothing", () => {
    expect(upload({ upload: false })).toEqual([]);
    expect(jobsOf({ ...SPEC, security: { upload: false } }, "preview").check.permissions).toEqual({ contents: "read" });
  });

  it("is a comment too where the preview fails, as that one leaves none", () => {
    const last = steps(jobsOf(SPEC, "preview").preview).at(-1);
    expect(last.if).toBe("${{ failure() && steps.preview.outcome == 'failure' }}");
    expect(last.run).toContain("gh pr comment");
    // Why there is nothing to judge is told on standard error.
    expect(last.run).toContain('check --stack "$STACK" 2>&1)');
  });
});
