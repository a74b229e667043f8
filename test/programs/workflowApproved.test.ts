/** Who may approve what a workflow started: the script of the generated workflows, run by bash. */
import { describe, expect, it } from "vitest";
import { type Environments, type WorkflowsSpec, workflowsOf } from "../../components/github/workflows/index.ts";
import type { RunnerJob } from "../../components/github/workflows/model.ts";
import { type Answers, type Ran, useRunner } from "../support/runner.ts";

const runner = useRunner();

const SPEC: WorkflowsSpec = {
  build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] },
  deploy: { application: "shop" },
  rollback: true,
  release: true,
};
const REVIEWED: Environments = new Map([["prod", { reviewed: true }]]);
const jobIn = (name: string, id: string, spec = SPEC, facts: Environments = REVIEWED): RunnerJob =>
  workflowsOf(spec, facts).find((workflow) => workflow.name === name)!.jobs[id] as RunnerJob;
const NAME = "Approved by somebody else";

const CREATED = "2026-11-27T10:00:00Z";
const RUN = "api repos/anna/shop/actions/runs/77";
const approval = (login: string, name = "prod", state = "approved") => ({
  state,
  environments: [{ name }],
  user: { login },
});
const release = (login: string, started: string, updated: string, status = "completed") => ({
  created_at: started,
  updated_at: updated,
  status,
  actor: { login },
  triggering_actor: { login },
});
const BEFORE = "2026-11-27T09:50:00Z";
const AFTER = "2026-11-27T10:00:05Z";

function judge(
  approvals: object[],
  releases: object[],
  { spec = SPEC, version = "v1.4.0", event = "workflow_dispatch" } = {},
): Ran {
  const job = jobIn("deploy", "deploy-prod", spec);
  const answers: Answers = {
    [`${RUN}/approvals`]: { json: approvals },
    [`${RUN} `]: { json: { created_at: CREATED } },
    "api repos/anna/shop/actions/workflows/release.yml/runs?head_sha=c0ffee": { json: { workflow_runs: releases } },
  };
  const step = job.steps.find(({ name }) => name === NAME)!;
  const { if: _, ...always } = step;
  return runner.run({ ...job, steps: [always] }, { "inputs.version": version }, answers, {
    GITHUB_ACTOR: "github-actions[bot]",
    GITHUB_RUN_ID: "77",
    GITHUB_SHA: "c0ffee",
    GITHUB_REF_NAME: "v1.4.0",
    GITHUB_EVENT_NAME: event,
  });
}

describe("a deployment that a release started", () => {
  const byAnna = [release("anna", BEFORE, AFTER)];

  it("may be approved by anybody but who released", () => {
    expect(judge([approval("bob")], byAnna)).toMatchObject({ code: 0, says: "" });
    expect(judge([approval("anna")], byAnna)).toMatchObject({
      code: 1,
      says: "::error::anna released this version and approved its deployment alone. Somebody else must: run this job again.\n",
    });
    expect(judge([approval("anna"), approval("bob")], byAnna).code).toBe(0);
  });
  it("counts approvals of its own environment alone, and no refusal", () => {
    expect(judge([approval("anna"), approval("bob", "staging")], byAnna).code).toBe(1);
    expect(judge([approval("anna"), approval("bob", "prod", "rejected")], byAnna).code).toBe(1);
  });
  it("believes in no release that had ended, or began later", () => {
    const says = expect.stringContaining("started this, and not by a release of this commit");
    expect(judge([approval("eve")], [release("anna", BEFORE, "2026-11-27T09:59:00Z")])).toMatchObject({
      code: 1,
      says,
    });
    expect(judge([approval("eve")], [release("anna", AFTER, AFTER)])).toMatchObject({ code: 1, says });
    expect(judge([approval("bob")], [release("anna", BEFORE, BEFORE, "in_progress")]).code).toBe(0);
  });
  it("believes no bot to be a person, whatever it released", () => {
    const bot = "github-actions[bot]";
    expect(judge([approval("eve")], [release(bot, BEFORE, AFTER)])).toMatchObject({
      code: 1,
      says: expect.stringContaining("nobody knows who is behind it"),
    });
  });
  it("is of the version that was released, and no other", () =>
    expect(judge([approval("bob")], byAnna, { version: "v1.3.0" }).code).toBe(1));
  it("may be started by the app's tag after the release ended", () => {
    const ended = [release("anna", BEFORE, "2026-11-27T09:59:59Z")];
    expect(judge([approval("bob")], ended, { event: "push", version: "" }).code).toBe(0);
    expect(judge([approval("anna")], ended, { event: "push", version: "" }).code).toBe(1);
  });
  it("passes where an administrator went past the reviewers", () => expect(judge([], []).code).toBe(0));
});

it("a deployment that another workflow started may be approved by nobody", () => {
  const { release: _, ...none } = SPEC;
  expect(judge([approval("bob")], [], { spec: none })).toMatchObject({
    code: 1,
    says: "::error::github-actions[bot] started this, and not by a release of this commit, so nobody knows who is behind it. Start the deployment by hand.\n",
  });
});

describe("the question is asked", () => {
  const first = (job: RunnerJob) => job.steps[0]!;
  it("first, where somebody else must approve, of runs that a workflow started", () => {
    for (const job of [jobIn("deploy", "deploy-prod"), jobIn("rollback", "rollback")]) {
      expect(first(job).name).toBe(NAME);
      expect(first(job).if).toContain("endsWith(github.actor, '[bot]')");
      expect(job.permissions.actions).toBe("read");
    }
  });
  it("nowhere where nobody else must approve, or it is started from elsewhere", () => {
    expect(first(jobIn("deploy", "deploy-dev")).name).not.toBe(NAME);
    expect(first(jobIn("deploy", "deploy-prod", SPEC, new Map())).name).not.toBe(NAME);
    const shared = { deploy: { application: ["shop", "blog"] as [string, string] } };
    expect(first(jobIn("deploy", "deploy-prod", shared)).name).not.toBe(NAME);
  });
});
