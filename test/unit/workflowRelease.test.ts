import { describe, expect, it } from "vitest";
import { badges as badgesOf } from "../../cli/badges.ts";
import { badges, type WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";
import { rendered, steps } from "../support/workflows.ts";

it("a release builds its tag, which no other workflow does, before it is deployed", () => {
  const { release } = rendered(PIPELINES.platform!.workflows, "release").jobs;
  const names = steps(release).map(({ name }) => name);
  expect(names.slice(names.indexOf("Tag and notes"))).toEqual([
    "Tag and notes",
    "Build the tag",
    "Deploy the tag",
    "Changelog",
  ]);
  expect(release.permissions.actions).toBe("write");
  const { build: _, ...unbuilt } = PIPELINES.platform!.workflows;
  expect(steps(rendered(unbuilt, "release").jobs.release).map(({ name }) => name)).not.toContain("Build the tag");
});

describe("a release with a package", () => {
  const offered = { run: "make package", files: "out/*.tgz", node: "24" };
  const { jobs } = rendered({ release: { package: offered } }, "release");

  it("has it built by a job that may change nothing and has no token", () => {
    expect(jobs.package.permissions).toEqual({ contents: "read" });
    expect(JSON.stringify(jobs.package)).not.toMatch(/github\.token|secrets\./);
    expect(steps(jobs.package).map(({ run }) => run)).toContain("make package");
  });
  it("attests and attaches what that job has kept, and does neither where it failed", () => {
    expect([jobs.release.needs, jobs.release.if]).toEqual([["package"], undefined]);
    expect(jobs.release.permissions).toEqual({
      actions: "read",
      attestations: "write",
      contents: "write",
      "id-token": "write",
    });
    const names = steps(jobs.release).map(({ name }) => name);
    expect(names.slice(-3)).toEqual(["Package", "Attest provenance", "Tag and notes"]);
    expect(steps(jobs.release).at(-1).run).toMatch(/ --generate-notes package\/\*\n$/);
  });
  it("is made only where there is something to release, when that happens by itself", () => {
    const automatic = rendered(
      { ci: { go: { versions: ["1.26"] } }, release: { automatic: true, package: { ...offered, attest: true } } },
      "release",
    ).jobs.release;
    expect([automatic.needs, automatic.if]).toEqual([["ci", "package"], undefined]);
    expect(
      steps(automatic)
        .slice(3)
        .map((step) => step.if),
    ).toEqual(Array.from({ length: 3 }, () => "${{ steps.version.outputs.version != '' }}"));
  });
});

it("a release waits for all checks, by whomever it was started", () => {
  for (const release of [true, { automatic: true }] as const) {
    const { jobs } = rendered({ ci: { go: { versions: ["1.26"] } }, security: true, release }, "release");
    expect(jobs.release.needs).toEqual(["ci", "security"]);
    // Without a condition a job runs when all that it needs has succeeded.
    for (const { if: condition } of [jobs.ci, jobs.security, jobs.release]) expect(condition).toBeUndefined();
  }
});

describe("an automatic release", () => {
  const automatic: WorkflowsSpec = {
    ci: { go: { versions: ["1.26"] } },
    security: true,
    build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] },
    release: { automatic: true },
  };
  it("follows each push to main when its checks have passed, one at a time, and is still made by hand", () => {
    const { on, jobs, concurrency } = rendered(automatic, "release");
    expect(on.push).toEqual({ branches: ["main"] });
    expect(on.workflow_dispatch.inputs.version.required).toBe(false);
    expect(concurrency).toEqual({ group: "release", "cancel-in-progress": false });
    expect([jobs.ci.uses, jobs.security.uses, jobs.release.needs]).toEqual([
      "./.github/workflows/ci.yml",
      "./.github/workflows/security.yml",
      ["ci", "security"],
    ]);
    expect(rendered({ ...automatic, branches: "gitflow" }, "release").on.push).toEqual({ branches: ["main"] });
  });
  it("is the only workflow that checks main", () => {
    expect([rendered(automatic, "ci").on.push, rendered(automatic, "security").on.push]).toEqual([
      undefined,
      undefined,
    ]);
    expect(rendered({ ...automatic, release: true }, "ci").on.push).toEqual({ branches: ["main"] });
  });
  it("does not follow its own changelog", () =>
    expect(rendered({ ...automatic, release: { automatic: true, changelog: true } }, "release").on.push).toEqual({
      branches: ["main"],
      paths: ["**", "!CHANGELOG.md"],
    }));
  it("makes the tag in one step only, which every later one waits for", () => {
    const all = steps(rendered(automatic, "release").jobs.release).filter(({ run }) => run);
    expect(all.map((step) => step.if)).toEqual([
      undefined,
      ...all.slice(1).map(() => "${{ steps.version.outputs.version != '' }}"),
    ]);
  });
});

describe("a run by hand", () => {
  const { deploy, rollback } = Object.fromEntries(
    ["deploy", "rollback"].map((name) => [name, rendered(PIPELINES.womsoft!.workflows, name)]),
  ) as Record<string, any>;
  it("says in its name what is deployed where, and no other run has a name of its own", () => {
    expect(deploy["run-name"]).toBe(
      "${{ inputs.version && format('deploy {0}: {1}', inputs.environment, inputs.version) || '' }}",
    );
    expect(rollback["run-name"]).toBe(
      "${{ inputs.version && format('rollback {0}: {1}', inputs.environment, inputs.version) || '' }}",
    );
  });
  it("says what takes tags alone, where the environment is chosen", () => {
    const said = (workflow: any): string => workflow.on.workflow_dispatch.inputs.environment.description;
    expect([said(deploy), said(rollback)]).toEqual([
      'Environment to deploy to (staging, prod: choose a tag under "Use workflow from")',
      'Environment to roll back (staging, prod: choose a tag under "Use workflow from")',
    ]);
    expect(said(rendered(PIPELINES.myfoodbudget!.workflows, "deploy"))).toBe("Environment to deploy to");
  });
});

it("badges are for the workflows whose state a branch has", async () => {
  expect((await badgesOf("shop", "anna/shop")).match(/\[!\[\w+/g)).toEqual(["[![security", "[![deploy"]);
  await expect(badgesOf("shop", "anna")).rejects.toThrow(
    '"anna" is not a GitHub repository; write it like --repository anna/shop',
  );
  await expect(badgesOf("shpo", "anna/shop")).rejects.toThrow("there is no repositories/shpo.ts; there are own, shop");
  expect(badges(["ci"], "anna/shop")).toBe(
    "[![ci](https://github.com/anna/shop/actions/workflows/ci.yml/badge.svg)](https://github.com/anna/shop/actions/workflows/ci.yml)\n",
  );
});
