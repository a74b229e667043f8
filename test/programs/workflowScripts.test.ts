/** The scripts of generated workflows, run by bash: what a person sees of a rollback, a deployment, a private network. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import type { Job, RunnerJob } from "../../components/github/workflows/model.ts";
import { type Answers, type Ran, useRunner } from "../support/runner.ts";
import { jobOf } from "../support/workflows.ts";

const runner = useRunner();

const build = { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] };
const deploy = { application: "shop" };
/** One step of a job, by itself. */
const only = (job: RunnerJob, name: string): Job => ({ ...job, steps: job.steps.filter((step) => step.name === name) });

describe("rollback points", () => {
  const values = { "inputs.environment": "prod" };
  const points = (answers: Answers, more: WorkflowsSpec = { build }): Ran =>
    runner.run(jobOf({ ...more, deploy, rollback: true }, "rollback", "points"), values, answers);
  const deployment = (id: number, ref: string) => ({
    id,
    ref,
    sha: `${id}`.repeat(40).slice(0, 40),
    created_at: `2026-11-0${id}T08:00:00Z`,
  });
  const statuses = (run: number, ...states: string[]) => ({
    json: states.map((state) => ({ state, log_url: `https://github.com/anna/shop/actions/runs/${run}/job/5` })),
  });
  const run = (event: string, title: string) => ({ json: { event, display_title: title } });
  const ANSWERS: Answers = {
    "api --method GET repos/anna/shop/deployments -f environment=prod ": {
      json: [6, 5, 4, 3, 2, 1].map((id) => deployment(id, id === 3 ? "main" : `v1.${id}.0`)),
    },
    // The newest failed, the next took the environment back, started from the newest tag.
    "api repos/anna/shop/deployments/6/": statuses(106, "failure", "in_progress"),
    "api repos/anna/shop/deployments/5/": statuses(105, "success", "in_progress"),
    "api repos/anna/shop/actions/runs/105 ": run("workflow_dispatch", "rollback prod: v1.2.0"),
    "api repos/anna/shop/deployments/4/": statuses(104, "inactive", "success"),
    "api repos/anna/shop/actions/runs/104 ": run("push", "Fix: prices: v9"),
    "api repos/anna/shop/deployments/3/": statuses(103, "inactive", "success"),
    "api repos/anna/shop/actions/runs/103 ": run("push", "Merge"),
    "api repos/anna/shop/deployments/2/": statuses(102, "inactive", "success"),
    "api repos/anna/shop/actions/runs/102 ": run("workflow_dispatch", "deploy prod: v1.2.0"),
    // Older than what GitHub remembers of runs.
    "api repos/anna/shop/deployments/1/": statuses(101, "inactive", "success"),
    "api repos/anna/shop/actions/runs/101 ": { error: "gh: Not Found (HTTP 404)" },
  };
  const back = (version: string): string =>
    `\`gh workflow run rollback.yml --ref v1.5.0 -f environment=prod -f version=${version}\``;

  it("are the versions that were deployed, each once, newest first, with the command that goes back", () => {
    const ran = points(ANSWERS);
    expect([ran.code, ran.says]).toEqual([
      0,
      [
        "Rollback points of prod, newest first, each with the command that rolls back to it.",
        "",
        `- \`v1.2.0\`, deployed 2026-11-05T08:00:00Z: ${back("v1.2.0")}`,
        `- \`v1.4.0\`, deployed 2026-11-04T08:00:00Z: ${back("v1.4.0")}`,
        `- \`sha-3333333\`, deployed 2026-11-03T08:00:00Z: ${back("sha-3333333")}`,
        "",
      ].join("\n"),
    ]);
    expect(ran.summary).toBe(ran.says);
  });
  it("are called by their branch where nothing is built", () =>
    expect(points(ANSWERS, {}).says).toContain("- `main`, deployed 2026-11-03T08:00:00Z: "));
  it("are left out where the run by hand does not name its version", () =>
    expect(
      points({ ...ANSWERS, "api repos/anna/shop/actions/runs/105 ": run("workflow_dispatch", "rollback") }).says,
    ).not.toContain("2026-11-05"));
  it.each<[string, Answers]>([
    ["without deployments", { "api --method GET": { json: [] } }],
    [
      "where none went well",
      {
        "api --method GET": { json: [deployment(6, "v1.6.0")] },
        "api repos/anna/shop/deployments/6/": statuses(106, "failure"),
      },
    ],
  ])("are reported to be missing: %s", (_, answers) =>
    expect(points(answers)).toMatchObject({
      code: 0,
      says: "There is no rollback point: none of the last 30 deployments of prod succeeded.\n",
    }),
  );
  it.each(["api --method GET", "api repos/anna/shop/deployments/5/", "api repos/anna/shop/actions/runs/105 "])(
    "cannot be listed when GitHub does not answer `%s`, and the job fails",
    (call) => {
      const { code, says, summary } = points({
        [call]: { error: "gh: Server Error (HTTP 502)" },
        ...Object.fromEntries(Object.entries(ANSWERS).filter(([key]) => !key.startsWith(call))),
      });
      expect([code, says, summary]).toEqual([1, "gh: Server Error (HTTP 502)\n", ""]);
    },
  );
});

describe("a deployment window", () => {
  const job = only(
    jobOf(
      {
        deploy: {
          ...deploy,
          environments: { prod: { on: "main", window: { days: [1, 2, 3, 4], from: "08:00", until: "16:00" } } },
        },
      },
      "deploy",
      "deploy-prod",
    ),
    "Deployment window",
  );
  const at = (day: number, time: string): Ran => runner.run(job, {}, {}, { TODAY: `${day}`, TIME: time });
  it.each([
    [1, "08:00"],
    [4, "15:59"],
    [2, "12:00"],
  ])("is open on day %i at %s", (day, time) => expect(at(day, time)).toMatchObject({ code: 0, says: "" }));
  it.each([
    [1, "07:59"],
    [1, "16:00"],
    [5, "12:00"],
    [7, "00:00"],
  ])("is closed on day %i at %s, and says when it opens", (day, time) =>
    expect(at(day, time)).toMatchObject({
      code: 1,
      says: `::error::It is ${time} UTC on day ${day} of the week; deployments are allowed from 08:00 to 16:00 UTC on days 1 2 3 4 (1 is Monday). Run this job again inside the window.\n`,
    }),
  );
});

describe("WireGuard", () => {
  const job = jobOf({ deploy: { ...deploy, network: "wireguard" } }, "deploy", "deploy-prod");
  const CONFIG = "[Interface]\nPrivateKey = planted\n";
  const up = (env: Record<string, string>): Ran =>
    runner.run(only(job, "Join the private network"), { "secrets.WIREGUARD_CONFIG": CONFIG }, {}, env);
  it("is installed where it is missing, and its configuration is in no command line", () => {
    const ran = up(runner.only("bash", "cat"));
    expect(ran).toMatchObject({
      code: 0,
      says: "",
      calls: [
        "sudo apt-get update --quiet",
        "sudo apt-get install --yes --no-install-recommends wireguard-tools",
        "sudo install -D -m 600 /dev/stdin /etc/wireguard/slipway.conf",
        "sudo wg-quick up slipway",
      ],
    });
    expect(runner.read("installed").trim()).toBe(CONFIG.trim());
  });
  it("is used as it is where it is there", () => {
    const { PATH } = runner.only("bash", "cat");
    writeFileSync(join(PATH, "wg-quick"), "", { mode: 0o755 });
    expect(up({ PATH }).calls[0]).toBe("sudo install -D -m 600 /dev/stdin /etc/wireguard/slipway.conf");
  });
  it("fails the job where it does not come up", () =>
    expect(up({ ...runner.only("bash", "cat"), SUDO_FAILS: "wg-quick up slipway" }).code).toBe(1));
  it("leaves no configuration behind, even if it was not up", () => {
    const ran = runner.run(only(job, "Leave the private network"), {}, {}, { SUDO_FAILS: "wg-quick down slipway" });
    expect(ran).toMatchObject({
      code: 0,
      calls: ["sudo wg-quick down slipway", "sudo rm -f /etc/wireguard/slipway.conf"],
    });
  });
});
