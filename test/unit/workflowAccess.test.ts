/** What jobs log in with, where they run, and as whom. */
import { describe, expect, it } from "vitest";
import { type WorkflowsSpec, workflowFiles } from "../../components/github/workflows/index.ts";
import { rendered, steps } from "../support/workflows.ts";

const deploy = { application: "shop" };
const build = { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] };
const stepOf = (job: any, name: string) => steps(job).find((step) => step.name === name);
const usesOf = (job: any): string[] => steps(job).flatMap(({ uses }) => (uses ? [uses.replace(/@.*/, "")] : []));

describe("where the state is", () => {
  const envOf = (spec: Partial<WorkflowsSpec>): Record<string, string> =>
    stepOf(rendered({ deploy, ...spec }, "deploy").jobs["deploy-prod"], "Deploy").env;
  const given = (spec: Partial<WorkflowsSpec>): string[] =>
    Object.values(envOf(spec))
      .flatMap((value) => /^\$\{\{ ((?:secrets|vars)\.\w+) \}\}$/.exec(value)?.[1] ?? [])
      .filter((name) => name !== "secrets.SSH_PRIVATE_KEY");

  it.each<[string, Partial<WorkflowsSpec>, string[]]>([
    [
      "not told: whatever is set",
      {},
      ["secrets.PULUMI_CONFIG_PASSPHRASE", "secrets.PULUMI_ACCESS_TOKEN", "vars.PULUMI_BACKEND_URL"],
    ],
    ["Pulumi Cloud", { state: "pulumi-cloud" }, ["secrets.PULUMI_CONFIG_PASSPHRASE", "secrets.PULUMI_ACCESS_TOKEN"]],
    [
      "S3",
      { state: "s3" },
      [
        "secrets.PULUMI_CONFIG_PASSPHRASE",
        "secrets.AWS_ACCESS_KEY_ID",
        "secrets.AWS_SECRET_ACCESS_KEY",
        "vars.PULUMI_BACKEND_URL",
        "vars.AWS_REGION",
      ],
    ],
    [
      "Google",
      { state: "gs" },
      ["secrets.PULUMI_CONFIG_PASSPHRASE", "secrets.GOOGLE_CREDENTIALS", "vars.PULUMI_BACKEND_URL"],
    ],
    [
      "Azure",
      { state: "azblob" },
      [
        "secrets.PULUMI_CONFIG_PASSPHRASE",
        "secrets.AZURE_STORAGE_KEY",
        "vars.PULUMI_BACKEND_URL",
        "vars.AZURE_STORAGE_ACCOUNT",
      ],
    ],
    [
      "Azure by OpenID Connect",
      { state: "azblob", oidc: true },
      ["secrets.PULUMI_CONFIG_PASSPHRASE", "vars.PULUMI_BACKEND_URL", "vars.AZURE_STORAGE_ACCOUNT"],
    ],
    ["Pulumi Cloud by OpenID Connect", { state: "pulumi-cloud", oidc: true }, ["secrets.PULUMI_CONFIG_PASSPHRASE"]],
  ])("%s", (_, spec, names) => expect(given(spec)).toEqual(names));

  it("leaves no login on a machine of one's own", () =>
    expect(envOf({}).PULUMI_HOME).toBe("${{ runner.temp }}/pulumi"));
});

describe("OpenID Connect", () => {
  const spec: WorkflowsSpec = {
    state: "s3",
    oidc: true,
    build,
    deploy,
    rollback: true,
    preview: { environments: ["dev"] },
  };
  const jobs = (["deploy", "rollback", "preview"] as const).map((name) => {
    const id = { deploy: "deploy-prod", rollback: "rollback", preview: "preview" }[name];
    return [name, rendered(spec, name).jobs[id]] as const;
  });

  it.each(jobs)("%s may ask for an identity, and logs in after the packages are installed", (_, job) => {
    expect(job.permissions["id-token"]).toBe("write");
    const names = steps(job).map(({ name }) => name);
    expect(names.indexOf("Log in to AWS")).toBeGreaterThan(names.indexOf("Install the program's packages"));
    expect(stepOf(job, "Log in to AWS").with).toEqual({
      "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
      "aws-region": "${{ vars.AWS_REGION }}",
    });
  });
  it("is not asked for where it is not declared", () => {
    const { oidc: _, ...stored } = spec;
    for (const name of ["deploy", "rollback", "preview"])
      for (const [id, job] of Object.entries(rendered(stored, name).jobs))
        if (id !== "build") expect(job.permissions["id-token"], id).toBeUndefined();
  });
  it("opens the private network without a secret", () => {
    const job = rendered({ ...spec, deploy: { ...deploy, network: "tailscale" } }, "deploy").jobs["deploy-prod"];
    expect(stepOf(job, "Join the private network").with).toMatchObject({
      "oauth-client-id": "${{ vars.TS_OAUTH_CLIENT_ID }}",
      audience: "${{ vars.TS_AUDIENCE }}",
    });
    expect(JSON.stringify(job)).not.toContain("secrets.TS_");
  });
});

describe("a machine of one's own", () => {
  const spec: WorkflowsSpec = {
    runner: { deploy: ["self-hosted", "deploy"] },
    ci: { go: { versions: ["1.26"] } },
    build,
    security: true,
    preview: { environments: ["dev"] },
    deploy,
    rollback: true,
    release: true,
  };
  const placed = (["ci", "build", "security", "preview", "deploy", "rollback", "release"] as const).flatMap((name) =>
    Object.entries(rendered(spec, name).jobs).map(([id, job]) => [`${name}/${id}`, job["runs-on"]] as const),
  );

  it("runs what reaches hosts, and nothing that a pull request brings", () => {
    const own = placed.filter(([, labels]) => Array.isArray(labels)).map(([at]) => at);
    expect(own).toEqual(["deploy/deploy-dev", "deploy/deploy-prod", "rollback/rollback"]);
    expect(new Set(placed.flatMap(([, labels]) => (typeof labels === "string" ? [labels] : [])))).toEqual(
      new Set(["ubuntu-24.04"]),
    );
  });
  it("is known to actionlint by its labels", () =>
    expect(workflowFiles(spec)[".github/actionlint.yaml"]).toContain("labels:\n    - deploy\n"));
});

describe("an app", () => {
  const app = { slug: "acme-releases", clientId: "Iv23liAcme" };
  const released = rendered({ app, build, deploy, release: { changelog: true } }, "release").jobs.release;

  it("releases, in the environment that has its key, while the job's own token may write nothing", () => {
    expect(released.environment).toEqual({ name: "slipway-release", deployment: false });
    expect(released.permissions).toEqual({ contents: "read" });
    expect(stepOf(released, "Token of the app").with).toEqual({
      "client-id": "Iv23liAcme",
      "private-key": "${{ secrets.APP_PRIVATE_KEY }}",
      "permission-contents": "write",
      "permission-pull-requests": "write",
    });
    for (const name of ["Tag and notes", "Changelog"])
      expect(stepOf(released, name).env.GH_TOKEN).toBe("${{ steps.app.outputs.token }}");
  });
  it("starts the deployment of its tag by pushing it", () => {
    const names = steps(released).map(({ name }) => name);
    expect(names).not.toContain("Build the tag");
    expect(names).not.toContain("Deploy the tag");
    const branchOnly = { application: "shop", environments: { prod: { on: "main" } } };
    const { release } = rendered({ app, build, deploy: branchOnly, release: true }, "release").jobs;
    expect(steps(release).map(({ name }) => name)).toContain("Build the tag");
    expect(release.permissions).toEqual({ contents: "read", actions: "write" });
    const undeployed = rendered({ app, build, release: true }, "release").jobs.release;
    expect(steps(undeployed).map(({ name }) => name)).not.toContain("Build the tag");
  });
  it("starts a deployment elsewhere by a token for that repository alone", () => {
    const job = rendered({ app, build, deploy: { ...deploy, repository: "anna/infra" } }, "deploy").jobs["deploy-prod"];
    expect(stepOf(job, "Token of the app").with).toMatchObject({
      owner: "anna",
      repositories: "infra",
      "permission-actions": "write",
    });
    expect(stepOf(job, "Deploy where the program is").env.GH_TOKEN).toBe("${{ steps.app.outputs.token }}");
    expect(JSON.stringify(job)).not.toContain("DEPLOY_TOKEN");
  });
});

describe("an image that is built once", () => {
  const spec: WorkflowsSpec = { build: { ...build, once: true }, deploy };
  const { images } = rendered(spec, "build").jobs;

  it("is not built for its release, whose digest is the one that has been tested", () => {
    const tagged = "${{ github.ref_type == 'tag' }}";
    expect(stepOf(images, "Build and push").if).toBe("${{ github.ref_type != 'tag' }}");
    expect(stepOf(images, "Attest provenance").if).toMatch(/^\$\{\{ github\.ref_type != 'tag' && /);
    expect(stepOf(images, "Tag the image of the commit").if).toBe(tagged);
    expect(stepOf(images, "Digest").env.DIGEST).toBe("${{ steps.known.outputs.digest || steps.push.outputs.digest }}");
  });
  it("uses no action besides", () =>
    expect(usesOf(images)).toEqual(usesOf(rendered({ build, deploy }, "build").jobs.images)));
});

describe("paths", () => {
  const spec: WorkflowsSpec = {
    ci: {
      python: { versions: ["3.12"], paths: ["backend/**"] },
      node: { versions: ["24"] },
      commands: { docs: { run: "make docs", paths: ["docs/**", "*.md"] } },
    },
  };
  const { jobs } = rendered(spec, "ci");

  it("decide which jobs a pull request needs; the others always run", () => {
    expect(jobs["python-test"].if).toBe("${{ needs.changes.outputs.python == 'true' }}");
    expect(jobs.docs.needs).toEqual(["changes"]);
    expect([jobs.node.needs, jobs.node.if]).toEqual([undefined, undefined]);
  });
  it("leave the gate to report: a job that was skipped is no failure there, and otherwise is", () => {
    expect(jobs["quality-gate"].needs).toContain("changes");
    expect(steps(jobs["quality-gate"])[0].run).toContain("success | skipped)");
    const all = rendered({ ci: { node: { versions: ["24"] } } }, "ci").jobs;
    expect(steps(all["quality-gate"])[0].run).toContain("in success)");
  });
});

it("a merge queue gets the checks that it waits for", () => {
  for (const name of ["ci", "security"])
    expect(rendered({ ci: { go: { versions: ["1.26"] } }, security: true }, name).on).toHaveProperty("merge_group");
});
