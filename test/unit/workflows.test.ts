import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { files } from "../../cli/files.ts";
import { PINS } from "../../components/github/workflows/actions.ts";
import {
  communityFiles,
  QUALITY_GATE,
  type WorkflowsSpec,
  workflowFiles,
  workflowsOf,
} from "../../components/github/workflows/index.ts";
import { NEXT_SCRIPT_PATH } from "../../components/github/workflows/release.ts";
import { PIPELINES } from "../fixtures/workflows.ts";
import { exitOf, type Rendered, rendered, steps } from "../support/workflows.ts";

const filesOf = ({ workflows, community }: (typeof PIPELINES)[string]): Record<string, string> => ({
  ...workflowFiles(workflows),
  ...communityFiles(community),
});
/** Those that the declaration shapes: the rule of versions is the same for all, and kept where it is written. */
const shaped = (pipeline: (typeof PIPELINES)[string]): [string, string][] =>
  Object.entries(filesOf(pipeline)).filter(([path]) => path !== NEXT_SCRIPT_PATH);
/** The name of a generated file among those that are kept. */
const kept = (path: string): string => path.replaceAll("/", "_");
const everyWorkflow = Object.entries(PIPELINES).flatMap(([name, { workflows }]) =>
  workflowsOf(workflows).map((workflow): [string, Rendered] => [
    `${name}/${workflow.name}`,
    rendered(workflows, workflow.name),
  ]),
);

beforeAll(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

describe("the generated files", () => {
  it.each(Object.entries(PIPELINES))("of %s are those that are kept", async (name, pipeline) => {
    for (const [path, content] of shaped(pipeline)) {
      await expect(content).toMatchFileSnapshot(`../fixtures/workflows/${name}/${kept(path)}`);
    }
    const names = shaped(pipeline)
      .map(([path]) => kept(path))
      .sort();
    expect(readdirSync(`test/fixtures/workflows/${name}`).sort(), "and no other file is kept").toEqual(names);
  });
  it.each(Object.entries(PIPELINES))("of %s are the same when they are written again", (_, pipeline) =>
    expect(filesOf(structuredClone(pipeline))).toEqual(filesOf(pipeline)),
  );
});

describe.each(everyWorkflow)("%s", (_, workflow) => {
  it("gives no permissions but those a job asks for", () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.keys(workflow.jobs)).not.toEqual([]);
    for (const job of Object.values(workflow.jobs)) expect(job).toHaveProperty("permissions");
  });
  it("pins every action by commit, with its version as comment", () => {
    for (const job of Object.values(workflow.jobs)) {
      for (const { uses } of steps(job)) if (uses) expect(uses).toMatch(/^[\w-]+(\/[\w-]+)+@[0-9a-f]{40}$/);
      if (job.uses) expect(job.uses).toMatch(/^\.\/\.github\/workflows\/\w+\.yml$/);
    }
  });
  it("leaves no credentials in a checkout", () => {
    for (const step of Object.values(workflow.jobs).flatMap(steps)) {
      if (step.uses?.startsWith("actions/checkout@")) expect(step.with["persist-credentials"]).toBe(false);
    }
  });
  it("ends every job after a time, and says what may run at once", () => {
    for (const job of Object.values(workflow.jobs)) if (!job.uses) expect(job["timeout-minutes"]).toBeGreaterThan(0);
    expect(workflow.concurrency ?? Object.values(workflow.jobs).find((job) => job.concurrency)).toBeDefined();
  });
  it("lets nothing from outside into a script but by its environment", () => {
    for (const { run = "" } of Object.values(workflow.jobs).flatMap(steps)) expect(run).not.toContain("${{");
  });
});

describe("ci", () => {
  const { ci } = { ci: rendered(PIPELINES.platform!.workflows, "ci") };
  it("has one gate that needs all other jobs, whatever becomes of them", () => {
    const { "quality-gate": gate, ...others } = ci.jobs;
    expect(gate.name).toBe(QUALITY_GATE);
    expect(gate.needs).toEqual(Object.keys(others));
    expect(gate.if).toBe("${{ always() }}");
  });
  it("has a gate that nothing but success opens", () => {
    const [step] = steps(rendered(PIPELINES.pelico!.workflows, "ci").jobs["quality-gate"]);
    expect([
      exitOf(step, { RESULTS: "success success" }),
      ...["success failure", "cancelled success", "skipped success"].map((RESULTS) => exitOf(step, { RESULTS })),
    ]).toEqual([0, 1, 1, 1]);
  });
  it("keeps the coverage of every Python, also of tests that failed", () => {
    const all = steps(ci.jobs["python-test"]);
    expect(all.find(({ name }) => name === "Tests and coverage").run).toContain("--cov-report xml:coverage.xml");
    expect(all.at(-1)).toMatchObject({
      if: "${{ !cancelled() }}",
      with: { name: "coverage-python-${{ matrix.python }}", path: "backend/coverage.xml" },
    });
  });
  it("keeps packages between runs, by the file that names them", () => {
    const setup = (spec: WorkflowsSpec["ci"], job: string) => steps(rendered({ ci: spec! }, "ci").jobs[job])[1].with;
    expect(setup({ node: { versions: ["24"], directory: "web" } }, "node")).toEqual({
      "node-version": "${{ matrix.node }}",
      cache: "npm",
      "cache-dependency-path": "web/package-lock.json",
    });
    expect(setup({ go: { versions: ["1.26"], directory: "api" } }, "go")).toEqual({
      "go-version": "${{ matrix.go }}",
      "cache-dependency-path": "api/go.mod",
    });
    const python = {
      versions: ["3.12"],
      directory: "backend",
      requirements: ["requirements.txt", "requirements-dev.txt"],
    };
    expect(setup({ python }, "python-test")).toEqual({
      "python-version": "${{ matrix.python }}",
      cache: "pip",
      "cache-dependency-path": "backend/requirements.txt\nbackend/requirements-dev.txt\n",
    });
    expect(setup({ python: { versions: ["3.12"], requirements: [] } }, "python-lint")).toEqual({
      "python-version": "3.12",
    });
  });
  it("starts at no push when all that it was to check are deployed", () =>
    expect(
      rendered({ ci: { push: ["main"], go: { versions: ["1.26"] } }, deploy: { application: "shop" } }, "ci").on.push,
    ).toBeUndefined());
  it("tests with real services", () => {
    expect(Object.keys(ci.jobs["python-test"].services)).toEqual(["postgres", "redis"]);
    expect(ci.jobs["python-test"].env).toEqual({
      DATABASE_URL: "postgresql://app:app@127.0.0.1:5432/app",
      REDIS_URL: "redis://127.0.0.1:6379/0",
    });
  });
  it("takes the integration's services down whatever happened", () => {
    const down = steps(ci.jobs.integration).at(-1);
    expect(down).toMatchObject({
      if: "${{ always() }}",
      run: expect.stringContaining("docker compose down --volumes"),
    });
  });
  it("checks every push where that is wanted, and those that deploy once", () => {
    expect(rendered(PIPELINES["project-manager"]!.workflows, "ci").on.push).toEqual({ branches: ["**", "!main"] });
    expect(ci.on.push).toBeUndefined();
  });
});

describe("deploy", () => {
  const jobs = (name: string) => rendered(PIPELINES[name]!.workflows, "deploy").jobs;
  it("follows branches and tags to their environments", () => {
    const { on } = rendered(PIPELINES.platform!.workflows, "deploy");
    expect(on.push).toEqual({ branches: ["main", "release/*"], tags: ["v*"] });
    expect(on.workflow_dispatch.inputs.environment.options).toEqual(["dev", "test", "prod"]);
  });
  it("deploys what this run built, by digest, after its checks", () => {
    const all = jobs("platform");
    // The image is built also when `security` stops its deployment: somebody may deploy it by hand.
    expect(all.build.needs).toEqual(["ci"]);
    expect(all["deploy-dev"].needs).toEqual(["ci", "security", "build", "merged"]);
    expect(all["deploy-dev"].if).toContain("needs.security.result == 'success'");
    expect(jobs("pelico")["deploy-prod"].needs).toEqual(["ci", "security", "build", "merged"]);
    const deploy = steps(all["deploy-dev"]).find(({ id }) => id === "deploy");
    expect(deploy.env).toMatchObject({
      STACK: "dev",
      APPLICATION: "platform",
      DIGEST: "${{ needs.build.outputs.digest-backend }}",
    });
  });
  it("brings a version to prod after staging, in its window, and only where its environment lets it", () => {
    const { "deploy-prod": prod } = jobs("womsoft");
    expect(prod.needs).toEqual(["ci", "security", "build", "deploy-staging", "merged"]);
    expect(prod.environment).toEqual({ name: "prod" });
    expect(steps(prod)[0]).toMatchObject({
      name: "Deployment window",
      env: { DAYS: "1 2 3 4", FROM: "08:00", UNTIL: "16:00" },
    });
  });
  it("never breaks off a deployment, and frees a state that a cancelled one left locked", () => {
    for (const [name, job] of Object.entries(jobs("womsoft"))) {
      if (!name.startsWith("deploy-")) continue;
      expect(job.concurrency).toEqual({ group: name, "cancel-in-progress": false, queue: "max" });
      expect(steps(job).at(-1)).toMatchObject({
        if: "${{ cancelled() && steps.deploy.outcome == 'cancelled' }}",
        run: 'npx pulumi cancel --yes --stack "$STACK"',
      });
    }
  });
  it("leaves a private network as it ends", () => {
    const all = steps(jobs("platform")["deploy-dev"]);
    expect(all[0].run).toContain("wg-quick up slipway");
    expect(all.at(-1)).toMatchObject({ if: "${{ always() }}", run: expect.stringContaining("wg-quick down slipway") });
  });
});

it("this project's own files are those of its declaration", async () => {
  expect(await files("own", fileURLToPath(new URL("../..", import.meta.url)), true)).toBe(0);
});

describe("files of a checkout", () => {
  it("are written where they differ, and are the same afterwards", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
    await expect(files("shop", folder, false)).rejects.toThrow(`${folder} is not a checkout of a repository`);
    mkdirSync(join(folder, ".git"));
    expect(await files("shop", folder, true)).toBeGreaterThan(5);
    expect(readdirSync(folder)).toEqual([".git"]);
    await files("shop", folder, false);
    expect(await files("shop", folder, true)).toBe(0);
    writeFileSync(join(folder, ".github/workflows/ci.yml"), "name: mine\n");
    expect(await files("shop", folder, true)).toBe(1);
    rmSync(folder, { recursive: true });
  });
  it("of a repository that is not declared are refused", async () => {
    await expect(files("nobody", ".", true)).rejects.toThrow("there is no repositories/nobody.ts; there are own, shop");
  });
});

it("a declaration may pin actions by other commits than the built-in ones", () => {
  const spec = {
    ...PIPELINES.pelico!.workflows,
    actions: { "actions/checkout": { commit: "a".repeat(40), version: "v99" } },
  };
  expect(workflowFiles(spec)[".github/workflows/ci.yml"]).toContain(`uses: actions/checkout@${"a".repeat(40)} # v99\n`);
});

it("every built-in action is pinned by a full commit and its version", () => {
  for (const { commit, version } of Object.values(PINS))
    expect([commit, version]).toEqual([
      expect.stringMatching(/^[0-9a-f]{40}$/),
      expect.stringMatching(/^v\d+\.\d+\.\d+$/),
    ]);
});
