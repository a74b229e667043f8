import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { badges as badgesOf } from "../../cli/badges.ts";
import { files } from "../../cli/files.ts";
import { badges, checkWorkflows, communityFiles, QUALITY_GATE, workflowFiles, type WorkflowsSpec, workflowsOf } from "../../components/workflows/index.ts";
import { PINS } from "../../components/workflows/actions.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

interface Rendered {
  on: Record<string, any>;
  permissions: unknown;
  concurrency?: { group: string; "cancel-in-progress": unknown };
  jobs: Record<string, any>;
}

const filesOf = ({ workflows, community }: (typeof PIPELINES)[string]): Record<string, string> => ({ ...workflowFiles(workflows), ...communityFiles(community) });
const rendered = (spec: WorkflowsSpec, name: string): Rendered => parse(workflowFiles(spec)[`.github/workflows/${name}.yml`]!);
const steps = (job: any): any[] => job.steps ?? [];
const everyWorkflow = Object.entries(PIPELINES).flatMap(([name, { workflows }]) =>
  workflowsOf(workflows).map((workflow): [string, Rendered] => [`${name}/${workflow.name}`, rendered(workflows, workflow.name)]));

beforeAll(() => { vi.spyOn(process.stdout, "write").mockReturnValue(true); });

describe("the files of", () => {
  it.each(Object.entries(PIPELINES))("%s", async (name, pipeline) => {
    for (const [path, content] of Object.entries(filesOf(pipeline))) {
      await expect(content).toMatchFileSnapshot(`../fixtures/workflows/${name}/${path.replaceAll("/", "_")}`);
    }
  });
  it.each(Object.entries(PIPELINES))("%s are the same when they are written again", (_, pipeline) => expect(filesOf(structuredClone(pipeline))).toEqual(filesOf(pipeline)));
});

describe.each(everyWorkflow)("%s", (_, workflow) => {
  it("gives no permissions but those a job asks for", () => {
    expect(workflow.permissions).toEqual({});
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
  const { ci } = { ci: rendered(PIPELINES["platform"]!.workflows, "ci") };
  it("has one gate that needs all other jobs, whatever becomes of them", () => {
    const { "quality-gate": gate, ...others } = ci.jobs;
    expect(gate.name).toBe(QUALITY_GATE);
    expect(gate.needs).toEqual(Object.keys(others));
    expect(gate.if).toBe("${{ always() }}");
  });
  it("tests with real services", () => {
    expect(Object.keys(ci.jobs["python-test"].services)).toEqual(["postgres", "redis"]);
    expect(ci.jobs["python-test"].env).toEqual({ DATABASE_URL: "postgres://app:app@127.0.0.1:5432/app", REDIS_URL: "redis://127.0.0.1:6379/0" });
  });
  it("takes the integration's services down whatever happened", () => {
    const down = steps(ci.jobs["integration"]).at(-1);
    expect(down).toMatchObject({ if: "${{ always() }}", run: expect.stringContaining("docker compose down --volumes") });
  });
  it("checks every push where that is wanted, and those that deploy once", () => {
    expect(rendered(PIPELINES["project-manager"]!.workflows, "ci").on["push"]).toEqual({ branches: ["**", "!main"] });
    expect(ci.on["push"]).toBeUndefined();
  });
});

describe("deploy", () => {
  const jobs = (name: string) => rendered(PIPELINES[name]!.workflows, "deploy").jobs;
  it("follows branches and tags to their environments", () => {
    const { on } = rendered(PIPELINES["platform"]!.workflows, "deploy");
    expect(on["push"]).toEqual({ branches: ["main", "release/*"], tags: ["v*"] });
    expect(on["workflow_dispatch"].inputs.environment.options).toEqual(["dev", "test", "prod"]);
  });
  it("deploys what this run built, by digest, after its checks", () => {
    const all = jobs("platform");
    expect(all["build"].needs).toEqual(["ci"]);
    expect(all["deploy-dev"].needs).toEqual(["ci", "build"]);
    const deploy = steps(all["deploy-dev"]).find(({ id }) => id === "deploy");
    expect(deploy.env).toMatchObject({ STACK: "dev", APPLICATION: "platform", DIGEST: "${{ needs.build.outputs.digest-backend }}" });
  });
  it("brings a version to prod after staging, in its window, and only where its environment lets it", () => {
    const { "deploy-prod": prod } = jobs("womsoft");
    expect(prod.needs).toEqual(["ci", "build", "deploy-staging"]);
    expect(prod.environment).toEqual({ name: "prod" });
    expect(steps(prod)[0]).toMatchObject({ name: "Deployment window", env: { DAYS: "1 2 3 4", FROM: "08:00", UNTIL: "16:00" } });
  });
  it("never breaks off a deployment, and frees a state that a cancelled one left locked", () => {
    for (const [name, job] of Object.entries(jobs("womsoft"))) {
      if (!name.startsWith("deploy-")) continue;
      expect(job.concurrency).toEqual({ group: name, "cancel-in-progress": false });
      expect(steps(job).at(-1)).toMatchObject({ if: "${{ cancelled() && steps.deploy.outcome == 'cancelled' }}", run: 'npx pulumi cancel --yes --stack "$STACK"' });
    }
  });
  it("leaves a private network as it ends", () => {
    const all = steps(jobs("platform")["deploy-dev"]);
    expect(all[0].run).toContain("wg-quick up slipway");
    expect(all.at(-1)).toMatchObject({ if: "${{ always() }}", run: expect.stringContaining("wg-quick down slipway") });
  });
});

describe("build", () => {
  const login = (spec: WorkflowsSpec) => steps(rendered(spec, "build").jobs["images"]).find(({ uses }) => uses?.startsWith("docker/login-action@"));
  it("leaves the tag of a commit where it is when the commit is released, as that image calls itself by another version", () => {
    const { tags } = steps(rendered(PIPELINES["pelico"]!.workflows, "build").jobs["images"]).find(({ id }) => id === "metadata").with;
    expect(tags).toContain("type=sha,prefix=sha-,format=short,enable=${{ github.ref_type == 'branch' }}\n");
  });
  it("gives the digest of every image, each from the part of the matrix that built it", () => {
    // act keeps the outputs of one part alone, so that no run of it shows this.
    const { on, jobs } = rendered(PIPELINES["platform"]!.workflows, "build");
    const names = PIPELINES["platform"]!.workflows.build!.images.map(({ name }) => `digest-${name}`);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(on["workflow_call"].outputs[name].value).toBe(`\${{ jobs.images.outputs.${name} }}`);
      expect(jobs["images"].outputs[name]).toBe(`\${{ steps.digest.outputs.${name} }}`);
    }
  });
  const elsewhere: WorkflowsSpec = { build: { images: [{ name: "shop", image: "registry.example.org:5000/shop" }] }, deploy: { application: "shop" } };
  it("logs in at GHCR with the job's own token, and needs no secret", () => {
    const { workflows } = PIPELINES["pelico"]!;
    expect(login(workflows).with).toEqual({ registry: "ghcr.io", username: "${{ github.actor }}", password: "${{ github.token }}" });
    expect(rendered(workflows, "build").on["workflow_call"].secrets).toBeUndefined();
  });
  it("logs in at another registry with a user and a password of the repository, which `deploy` hands on", () => {
    expect(login(elsewhere).with).toEqual({ registry: "registry.example.org:5000", username: "${{ vars.REGISTRY_USERNAME }}", password: "${{ secrets.REGISTRY_PASSWORD }}" });
    expect(rendered(elsewhere, "build").on["workflow_call"].secrets).toEqual({ REGISTRY_PASSWORD: { description: "Password at registry.example.org:5000", required: true } });
    expect(rendered(elsewhere, "deploy").jobs["build"].secrets).toEqual({ REGISTRY_PASSWORD: "${{ secrets.REGISTRY_PASSWORD }}" });
  });
});

describe("preview", () => {
  const preview = rendered(PIPELINES["platform"]!.workflows, "preview");
  it("gives no secret to a fork, and runs as nobody else's code", () => {
    expect(Object.keys(preview.on)).toEqual(["pull_request"]);
    expect(preview.jobs["preview"].if).toBe("${{ github.event.pull_request.head.repo.full_name == github.repository }}");
    expect(JSON.stringify(preview.jobs["fork"])).not.toMatch(/secrets\.\w/);
  });
});

it("this project's own files are those of its declaration", async () => {
  expect(await files("own", fileURLToPath(new URL("../..", import.meta.url)), true)).toBe(0);
});

describe("files of a checkout", () => {
  it("are written where they differ, and found the same then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
    await expect(files("shop", folder, false)).rejects.toThrow(`${folder} is no checkout of a repository`);
    mkdirSync(join(folder, ".git"));
    expect(await files("shop", folder, true)).toBeGreaterThan(5);
    expect(readdirSync(folder)).toEqual([".git"]);
    await files("shop", folder, false);
    expect(await files("shop", folder, true)).toBe(0);
    writeFileSync(join(folder, ".github/workflows/ci.yml"), "name: mine\n");
    expect(await files("shop", folder, true)).toBe(1);
    rmSync(folder, { recursive: true });
  });
  it("of nobody's repository are refused", async () => {
    await expect(files("nobody", ".", true)).rejects.toThrow("there is no repositories/nobody.ts; there are own, shop");
  });
});

it("takes other commits of actions than the built-in ones", () => {
  const spec = { ...PIPELINES["pelico"]!.workflows, actions: { "actions/checkout": { commit: "a".repeat(40), version: "v99" } } };
  expect(workflowFiles(spec)[".github/workflows/ci.yml"]).toContain(`uses: actions/checkout@${"a".repeat(40)} # v99\n`);
});

it("has full commits for all actions", () => {
  for (const { commit, version } of Object.values(PINS)) expect([commit, version]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/), expect.stringMatching(/^v\d+\.\d+\.\d+$/)]);
});

it("a release builds its tag, which no other workflow does, before it is deployed", () => {
  const { release } = rendered(PIPELINES["platform"]!.workflows, "release").jobs;
  const names = steps(release).map(({ name }) => name);
  expect(names.slice(names.indexOf("Tag and notes"))).toEqual(["Tag and notes", "Changelog", "Build it", "Deploy it"]);
  expect(release.permissions.actions).toBe("write");
  const { build: _, ...unbuilt } = PIPELINES["platform"]!.workflows;
  expect(steps(rendered(unbuilt, "release").jobs["release"]).map(({ name }) => name)).not.toContain("Build it");
});

it("has badges for the workflows whose state a branch has", async () => {
  expect((await badgesOf("shop", "anna/shop")).match(/\[!\[\w+/g)).toEqual(["[![security", "[![deploy"]);
  await expect(badgesOf("shop", "anna")).rejects.toThrow('"anna" is no repository on GitHub; write it like --repository anna/shop');
  await expect(badgesOf("shpo", "anna/shop")).rejects.toThrow("there is no repositories/shpo.ts; there are own, shop");
  expect(badges(["ci"], "anna/shop")).toBe("[![ci](https://github.com/anna/shop/actions/workflows/ci.yml/badge.svg)](https://github.com/anna/shop/actions/workflows/ci.yml)\n");
});

describe("what is wrong is told, all of it", () => {
  const problems = (spec: WorkflowsSpec): string[] => {
    const found: string[] = [];
    checkWorkflows(spec, (path, value, remedy) => found.push(`${path}: ${JSON.stringify(value)} ${remedy}`));
    return found;
  };
  it.each(Object.entries(PIPELINES))("nothing of %s", (_, { workflows }) => expect(problems(workflows)).toEqual([]));
  it("of everything else", () => {
    expect(problems({
      ci: { python: { versions: [], directory: "../up", coverage: 120 }, commands: { "quality-gate": "true", "Bad name": "x" } },
      build: { images: [{ name: "a b", image: "ghcr.io/Anna/shop:1" }, { name: "app", image: "ghcr.io/anna/app", context: "$(id)" }, { name: "app", image: "ghcr.io/anna/app" }] },
      preview: { environments: [] },
      deploy: { application: "Shop", image: "other", environments: { dev: { on: "-x" }, prod: { on: "tag", after: "staging", window: { days: [8], from: "8", until: "16:00" } } } },
      actions: { "actions/checkout": { commit: "v4", version: "v4" } },
    })).toEqual([
      'ci.python.directory: "../up" is not a path inside the repository; write one like "backend"',
      'build.images.app.context: "$(id)" is not a path inside the repository; write one like "backend"',
      'ci.python.versions: [] is empty; name at least one version, like ["3.12"]',
      'ci.python.coverage: 120 is not a percentage; write a number from 0 to 100',
      'ci.commands.quality-gate: "quality-gate" is the job that stands for all others; choose another name',
      'ci.commands.Bad name: "Bad name" is not a name of a job; use small letters, digits and "-"',
      'build.images.a b: "a b" is not a name; use small letters, digits and "-"',
      'build.images.a b.image: "ghcr.io/Anna/shop:1" is not a repository; write it like "ghcr.io/anna/shop", without a tag',
      'build.images.app: "app" is there twice; each build has its own name',
      'deploy.image: "other" is not among build.images (a b, app, app)',
      'deploy.application: "Shop" is not a name of slipway:applications',
      'deploy.environments.dev.on: "-x" is neither a branch nor "tag"; write "main", "release/*" or "tag"',
      'deploy.environments.prod.after: "staging" is no environment before it (dev)',
      'deploy.environments.prod.window: {"days":[8],"from":"8","until":"16:00"} is no window; write { days: [1, 2, 3, 4], from: "08:00", until: "16:00" } (UTC, 1 is Monday)',
      'actions.actions/checkout.commit: "v4" is not a full commit; write its 40 hexadecimal digits',
      'preview.environments: [] names no environment; name one whose change a pull request shows',
    ]);
  });
  it("of images at two registries", () => expect(problems({ build: { images: [{ name: "a", image: "ghcr.io/anna/a" }, { name: "b", image: "registry.example.org/b" }] } })).toEqual([
    'build.images.b.image: "registry.example.org/b" is not at ghcr.io as the others are; a build pushes to one registry',
  ]));
  it("of a rollback without deployments", () => expect(problems({ rollback: true })).toEqual(["rollback: true needs `deploy`: it says where what runs"]));
});
