/** Whether a version may be deployed by hand: the script of the generated workflows, run by bash on a real repository. */
import { describe, expect, it } from "vitest";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import type { RunnerJob } from "../../components/github/workflows/model.ts";
import { useRunner } from "../support/runner.ts";
import { jobOf, rendered } from "../support/workflows.ts";

const runner = useRunner();

const build = { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] };
const SPEC: WorkflowsSpec = { build, deploy: { application: "shop" }, rollback: true };
const MERGED: [number, string] = [0, ""];

/** The expression of its branches where they differ by environment. */
const branchesOf = (job: RunnerJob): string => job.steps[1]!.env!.BRANCHES!.replace(/^\$\{\{ (.*) \}\}$/, "$1");

function ask(version: string, spec: WorkflowsSpec = SPEC, branches?: string): [number, string] {
  const job = jobOf(spec, "deploy", "merged") as RunnerJob;
  const ran = runner.run(job, {
    "inputs.version || github.ref_name": version,
    ...(branches ? { [branchesOf(job)]: branches } : {}),
  });
  return [ran.code, ran.says];
}

/** main, and beside it a branch with a commit that nobody reviewed. */
function unreviewed(...tags: string[]): { merged: string; unmerged: string } {
  const merged = runner.commit("Start", "v1.4.0");
  runner.git("checkout", "--quiet", "-b", "feature/x");
  return { merged: merged.slice(0, 7), unmerged: runner.commit("Unreviewed", ...tags).slice(0, 7) };
}
const refused = (version: string, commit: string, branches = "main"): [number, string] => [
  1,
  `::error::${version} was not merged: its commit ${commit} is not part of ${branches}. Merge it, and deploy the version that is built from there.\n`,
];

describe("a deployment by hand", () => {
  it("takes a commit and a tag of main, and older ones", () => {
    const first = runner.commit("Start", "v1.4.0");
    runner.commit("Next", "v1.5.0");
    for (const version of ["v1.4.0", "v1.5.0", `sha-${first.slice(0, 7)}`]) expect(ask(version)).toEqual(MERGED);
  });

  it("refuses what is on another branch, by its commit and by a tag", () => {
    const { merged, unmerged } = unreviewed("v9.9.9");
    expect(ask(`sha-${unmerged}`)).toEqual(refused(`sha-${unmerged}`, unmerged));
    expect(ask("v9.9.9")).toEqual(refused("v9.9.9", unmerged));
    expect(ask(`sha-${merged}`)).toEqual(MERGED);
  });

  it("is not misled by a tag or branch that is called like the commit, and points to a merged one", () => {
    const { merged, unmerged } = unreviewed();
    for (const kind of ["heads", "tags"]) {
      runner.git("push", "--quiet", "origin", `${merged}:refs/${kind}/${unmerged}`);
    }
    runner.git("fetch", "--quiet", "--tags", "origin");
    expect(ask(`sha-${unmerged}`)).toEqual(refused(`sha-${unmerged}`, unmerged));
  });

  it.each([
    "v1.5.0",
    "1.4.0",
    "main",
    "sha-main",
    "sha-",
    "latest",
    "v1.4.0^",
    "$(id)",
    "-h",
    "vmain",
    "sha-1234567\nx",
  ])("refuses %j in one line, as it is no version", (version) => {
    runner.commit("Start");
    runner.commit("Next", "v1.4.0");
    const [code, says] = ask(version);
    expect(code).toBe(1);
    expect(says).toMatch(/^::error::There is no version .+ here: write vX\.Y\.Z of a tag, or sha-<commit>\.\n$/);
  });

  it("takes the environment's own branch, and no other environment's", () => {
    const spec: WorkflowsSpec = {
      ...SPEC,
      deploy: { application: "shop", environments: { trial: { on: "feature/*" }, prod: { on: "tag" } } },
    };
    const { unmerged } = unreviewed();
    const expression = branchesOf(jobOf(spec, "deploy", "merged") as RunnerJob);
    // A pushed tag chose no environment.
    expect(expression).toBe(
      `inputs.environment && fromJSON('{"trial":"feature/* main","prod":"main"}')[inputs.environment] || 'main'`,
    );
    expect(ask(`sha-${unmerged}`, spec, "feature/* main")).toEqual(MERGED);
    expect(ask(`sha-${unmerged}`, spec, "main")).toEqual(refused(`sha-${unmerged}`, unmerged));
  });

  it("takes what may be released", () => {
    const { unmerged } = unreviewed();
    const release = (branch: string): WorkflowsSpec => ({ ...SPEC, release: { branches: ["main", branch] } });
    expect(ask(`sha-${unmerged}`, release("feature/*"))).toEqual(MERGED);
    const other = ask(`sha-${unmerged}`, release("support/*"));
    expect(other).toEqual(refused(`sha-${unmerged}`, unmerged, "main or support/*"));
  });

  it("does not run before that is known, and neither does that of a pushed tag; a pushed branch is merged itself", () => {
    const { jobs } = rendered(SPEC, "deploy");
    expect(jobs.merged!.if).toBe(
      "${{ github.event_name == 'workflow_dispatch' || startsWith(github.ref, 'refs/tags/v') }}",
    );
    for (const name of ["deploy-dev", "deploy-prod"]) {
      const { needs, if: condition } = jobs[name]!;
      expect(needs).toContain("merged");
      const [manual, automatic] = condition!.split(") || (");
      expect(manual).toContain("needs.merged.result == 'success'");
      expect(automatic.includes("needs.merged.result == 'success'")).toBe(name === "deploy-prod");
    }
  });

  it("asks nothing where versions are not commits of this repository", () => {
    const shared: WorkflowsSpec = { ...SPEC, deploy: { application: ["shop", "blog"] } };
    for (const spec of [{ deploy: { application: "shop" } }, shared])
      expect(Object.keys(rendered(spec, "deploy").jobs)).not.toContain("merged");
  });
});

it("a rollback waits for the same answer: what somebody recorded as deployed does not count", () => {
  expect(rendered(SPEC, "rollback").jobs.rollback).toMatchObject({ needs: ["merged"] });
  const { unmerged } = unreviewed("v1.4.1");
  const ran = runner.run(jobOf(SPEC, "rollback", "merged"), {
    "inputs.version || github.ref_name": "v1.4.1",
    [branchesOf(jobOf(SPEC, "rollback", "merged"))]: "main",
  });
  expect([ran.code, ran.says, ran.calls]).toEqual([...refused("v1.4.1", unmerged), []]);
});
