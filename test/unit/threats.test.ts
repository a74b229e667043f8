/** What the guide says that nobody reaches (docs/repositories.md, Who can do what), of each generated workflow of each pipeline. */
import { describe, expect, it } from "vitest";
import { workflowsOf } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";
import { type Rendered, rendered, steps } from "../support/workflows.ts";

interface Seen {
  /** `platform/deploy/deploy-dev`. */
  at: string;
  workflow: string;
  on: Rendered["on"];
  job: any;
  /** Names of the secrets that it reads. */
  secrets: string[];
  /** What its token may write. */
  writes: string[];
}

const jobs: Seen[] = Object.entries(PIPELINES).flatMap(([pipeline, { workflows }]) =>
  workflowsOf(workflows).flatMap(({ name }) => {
    const { on, jobs: all } = rendered(workflows, name);
    return Object.entries(all).map(([id, job]) => ({
      at: `${pipeline}/${name}/${id}`,
      workflow: name,
      on,
      job,
      secrets: [...new Set([...JSON.stringify(job).matchAll(/\bsecrets\.(\w+)/g)].map(([, secret]) => secret!))],
      writes: Object.entries(job.permissions).flatMap(([scope, access]) => (access === "write" ? [scope] : [])),
    }));
  }),
);
const at = (found: Seen[]): string[] => found.map((seen) => seen.at);
/** What opens a host, a private network, a stack or its state, or acts as an app. */
const KEYS =
  /^(SSH_PRIVATE_KEY|WIREGUARD_CONFIG|TS_OAUTH_.*|DEPLOY_TOKEN|APP_PRIVATE_KEY|PULUMI_.*|AWS_.*|GOOGLE_.*|AZURE_.*)$/;

it("there is something to judge", () => {
  for (const workflow of ["ci", "build", "security", "preview", "deploy", "rollback", "release"])
    expect(at(jobs.filter((seen) => seen.workflow === workflow)), workflow).not.toEqual([]);
  expect(at(jobs.filter(({ secrets }) => secrets.some((name) => KEYS.test(name))))).not.toEqual([]);
});

describe("a fork's pull request", () => {
  const opened = jobs.filter(({ on }) => "pull_request" in on);

  it("runs nothing in the name of the repository", () =>
    expect(at(jobs.filter(({ on }) => "pull_request_target" in on || "workflow_run" in on))).toEqual([]));

  it("reads no secret: the one job with any does not start", () => {
    const reading = opened.filter(({ secrets }) => secrets.length > 0);
    expect([...new Set(reading.map(({ workflow }) => workflow))]).toEqual(["preview"]);
    for (const { at: place, job } of reading)
      expect(job.if, place).toContain("github.event.pull_request.head.repo.full_name == github.repository");
  });

  it("writes nothing but findings; a preview, which it does not get, its comment and who it is", () => {
    for (const { at: place, workflow, writes } of opened)
      expect(["security-events", ...(workflow === "preview" ? ["id-token", "pull-requests"] : [])], place).toEqual(
        expect.arrayContaining(writes),
      );
  });
});

describe("a writer's branch", () => {
  it("gets no key: whoever reads one is in an environment, which says from where, or who approves", () =>
    expect(at(jobs.filter(({ secrets, job }) => secrets.some((name) => KEYS.test(name)) && !job.environment))).toEqual(
      [],
    ));

  it("is not deployed by hand: each such job waits for the one that asks whether it was merged", () => {
    const deploying = jobs.filter(({ workflow, job }) => ["deploy", "rollback"].includes(workflow) && job.environment);
    const knowing = deploying.filter(({ at: place }) => PIPELINES[place.split("/")[0]!]!.workflows.build);
    expect(at(knowing)).not.toEqual([]);
    for (const { at: place, job } of knowing) expect(job.needs, place).toContain("merged");
  });
});

describe("an action that turned bad", () => {
  /** What a job's token may write, by its workflow; jobs that call a workflow pass on what that one needs. */
  const MAY: Record<string, string[]> = {
    ci: [],
    frontend: [],
    rollback: ["id-token"],
    security: ["security-events"],
    preview: ["id-token", "pull-requests", "security-events"],
    build: ["artifact-metadata", "attestations", "id-token", "packages"],
    deploy: ["artifact-metadata", "attestations", "id-token", "packages", "security-events"],
    release: ["actions", "attestations", "contents", "id-token", "pull-requests", "security-events"],
  };

  it.each(Object.keys(MAY))("writes no more than what %s is for", (workflow) => {
    for (const seen of jobs.filter((one) => one.workflow === workflow))
      expect(MAY[workflow], seen.at).toEqual(expect.arrayContaining(seen.writes));
  });

  it("deploys with a token that writes nothing; by it a job may say who it is", () => {
    const deploying = jobs.filter(({ workflow, job }) => ["deploy", "rollback"].includes(workflow) && job.environment);
    expect(at(deploying.filter(({ writes }) => writes.some((scope) => scope !== "id-token")))).toEqual([]);
  });

  it("finds no secret beside a cache that another branch may have filled", () => {
    const cached = ({ uses = "", with: given = {} }: any): boolean =>
      uses.startsWith("actions/cache") || "cache" in given || given["package-manager-cache"] === true;
    const reading = jobs.filter(({ secrets }) => secrets.some((name) => name !== "REGISTRY_PASSWORD"));
    expect(at(reading.filter(({ job }) => steps(job).some(cached)))).toEqual([]);
  });
});
