/** The scripts of generated workflows, run by bash: what a person sees of a release, a rollback, a deployment. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WorkflowsSpec, workflowsOf } from "../../components/github/workflows/index.ts";
import type { Job, RunnerJob } from "../../components/github/workflows/model.ts";
import { type Answers, type Ran, Runner } from "../support/runner.ts";

let runner: Runner;
beforeEach(() => {
  runner = new Runner();
});
afterEach(() => runner.remove());

const build = { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] };
const deploy = { application: "shop" };
const jobOf = (spec: WorkflowsSpec, workflow: string, job: string): RunnerJob =>
  workflowsOf(spec).find(({ name }) => name === workflow)!.jobs[job] as RunnerJob;
/** One step of a job, by itself. */
const only = (job: RunnerJob, name: string): Job => ({ ...job, steps: job.steps.filter((step) => step.name === name) });

describe("a release", () => {
  const spec = (release: WorkflowsSpec["release"] & object): WorkflowsSpec => ({ build, deploy, release });
  const BUILT = {
    "run list": [
      { json: [] },
      { json: [{ status: "in_progress", conclusion: "" }] },
      { json: [{ status: "completed", conclusion: "success" }] },
    ],
  };
  function release(version: string, given: WorkflowsSpec["release"] & object = {}, answers: Answers = {}): Ran {
    return runner.run(
      jobOf(spec(given), "release", "release"),
      { "inputs.version": version },
      { ...BUILT, ...answers },
      { GITHUB_SHA: runner.git("rev-parse", "HEAD") },
    );
  }
  const withoutWaiting = ({ calls }: Ran): string[] => calls.filter((line) => !line.startsWith("gh run list"));
  const tagOf = ({ calls }: Ran): string[] => calls.flatMap((line) => /^gh release create (\S+)/.exec(line)?.[1] ?? []);

  it("tags the commit, builds the tag, waits for it, and starts the deployment of the tag", () => {
    const commit = runner.commit("Start");
    const ran = release("1.4.0");
    expect([ran.code, ran.says]).toEqual([0, ""]);
    expect(withoutWaiting(ran)).toEqual([
      `gh release create v1.4.0 --target ${commit} --title v1.4.0 --generate-notes`,
      "gh workflow run build.yml --ref v1.4.0",
      "gh workflow run deploy.yml --ref v1.4.0 -f environment=prod -f version=v1.4.0",
    ]);
    expect(
      ran.calls.filter((line) => line.startsWith("gh run list --workflow build.yml --branch v1.4.0 ")),
    ).toHaveLength(3);
  });

  it.each(["", "1.4", "v1.4.0", "1.4.0 ", "1.4.0; id", "$(id)", "1.4.0\n1.5.0"])(
    "of %j is refused before anything is made",
    (version) => {
      runner.commit("Start");
      const { code, says, calls } = release(version);
      expect([code, calls]).toEqual([1, []]);
      expect(says).toContain(`::error::"${version}" is not a semantic version; write one like 1.4.0`);
    },
  );

  it("of a version that there is already is refused, also of an older one", () => {
    runner.commit("Start", "v1.4.0");
    runner.commit("Next", "v1.5.0");
    expect(release("1.4.0")).toMatchObject({
      code: 1,
      calls: [],
      says: "::error::v1.4.0 exists; a version is released once. Take the next one.\n",
    });
    expect(tagOf(release("1.4.1"))).toEqual(["v1.4.1"]);
  });

  it("of what does not build is not deployed, and says what to do", () => {
    runner.commit("Start");
    const ran = release(
      "1.4.0",
      { changelog: true },
      { "run list": { json: [{ status: "completed", conclusion: "failure" }] } },
    );
    expect([ran.code, ran.says]).toEqual([
      1,
      "::error::The build of v1.4.0 ended as: completed failure. Correct it, run build on the tag v1.4.0, then deploy with this version.\n",
    ]);
    expect(withoutWaiting(ran).at(-1)).toBe("gh workflow run build.yml --ref v1.4.0");
  });

  describe("with a changelog", () => {
    const NOTES: Answers = {
      "release view": { json: { body: "* Prices by @anna" } },
      "api repos/anna/shop/contents": { json: { sha: "0ld" } },
    };
    it("proposes its notes above the older ones, from a branch that the rules of names allow", () => {
      writeFileSync(join(runner.checkout, "CHANGELOG.md"), "# Changelog\n\n## v1.3.0 (2026-10-01)\n\n* Before\n");
      const commit = runner.commit("Start");
      const ran = release("1.4.0", { changelog: true }, NOTES);
      expect([ran.code, ran.says]).toEqual([0, ""]);
      expect(ran.calls).toContain(
        `gh api repos/anna/shop/git/refs -f ref=refs/heads/slipway/changelog-v1.4.0 -f sha=${commit}`,
      );
      const [, content, known] =
        /^gh api --method PUT repos\/anna\/shop\/contents\/CHANGELOG.md -f branch=slipway\/changelog-v1.4.0 .* -f content=(\S+) -f sha=(\S+)$/.exec(
          ran.calls.find((line) => line.includes("PUT"))!,
        )!;
      expect(Buffer.from(content!, "base64").toString()).toBe(
        "# Changelog\n\n## v1.4.0 (2026-11-21)\n\n* Prices by @anna\n\n## v1.3.0 (2026-10-01)\n\n* Before\n",
      );
      expect(known).toBe("0ld");
      expect(ran.calls.at(-1)).toBe(
        "gh pr create --head slipway/changelog-v1.4.0 --title Changelog of v1.4.0 --body Notes of the release v1.4.0.",
      );
    });
    it("is deployed even if its notes cannot be proposed", () => {
      runner.commit("Start");
      const ran = release(
        "1.4.0",
        { changelog: true },
        { ...NOTES, "api repos/anna/shop/git/refs": { error: "gh: Repository rule violations found (HTTP 422)" } },
      );
      expect(ran).toMatchObject({ code: 1, says: "gh: Repository rule violations found (HTTP 422)\n" });
      expect(ran.calls).toContain("gh workflow run deploy.yml --ref v1.4.0 -f environment=prod -f version=v1.4.0");
    });
  });

  describe("that follows a push", () => {
    const next = (): Ran => release("", { automatic: true });
    it("begins with v0.1.0, whatever the messages say", () => {
      runner.commit("[major] Start");
      expect(tagOf(next())).toEqual(["v0.1.0"]);
    });
    it.each<[string, string[], string]>([
      ["a patch for what says nothing else", ["Correct a typo"], "v1.9.4"],
      ["a minor version", ["Correct a typo", "[minor] Prices", "Correct another"], "v1.10.0"],
      [
        "a major version, as the highest wins",
        ["[minor] Prices", "Drop the old API [major]", "[minor] More"],
        "v2.0.0",
      ],
      ["what stands in the text below the title", ["Prices (#7)\n\n[minor] because of the API"], "v1.10.0"],
      ["a patch of what only resembles", ["minor [Major] major]"], "v1.9.4"],
    ])("raises the version: %s", (_, messages, tag) => {
      runner.commit("[major] Start", "v1.9.3");
      for (const message of messages) runner.commit(message);
      const ran = next();
      expect([ran.code, tagOf(ran)]).toEqual([0, [tag]]);
      expect(ran.calls.at(-1)).toBe(`gh workflow run deploy.yml --ref ${tag} -f environment=prod -f version=${tag}`);
    });
    it("counts from the newest version by number, also one of another branch, and not from a candidate", () => {
      runner.commit("Start", "v1.9.0", "v1.10.0-rc.1", "vacation");
      runner.git("checkout", "--quiet", "-b", "hotfix");
      runner.commit("Urgent", "v1.10.2", "v1.010.9");
      runner.git("checkout", "--quiet", "main");
      runner.commit("Next");
      expect(tagOf(next())).toEqual(["v1.10.3"]);
    });
    it.each<[string, () => void]>([
      ["tagged already", () => runner.commit("Tagged", "v1.4.0")],
      [
        "part of a version, when an old run is started again",
        () => {
          runner.commit("Later", "v1.4.0");
          runner.git("checkout", "--quiet", "HEAD~1");
        },
      ],
    ])("makes nothing of a commit that is %s, and says so", (_, given) => {
      runner.commit("Start", "v1.3.0");
      runner.commit("Next");
      given();
      const ran = next();
      expect([ran.code, ran.calls]).toEqual([0, []]);
      expect(ran.says).toMatch(/^::notice::\w{7} is part of v1\.4\.0 already: there is nothing to release\.\n$/);
    });
    it("runs nothing of a commit's message", () => {
      runner.commit("Start", "v1.0.0");
      runner.commit('$(touch owned) `touch owned`\n\n::error::planted\n"; touch owned; ${{ github.token }}');
      const ran = next();
      expect([ran.code, ran.says, tagOf(ran)]).toEqual([0, "", ["v1.0.1"]]);
      expect(existsSync(join(runner.checkout, "owned"))).toBe(false);
    });
    it("takes a version that is given by hand", () => {
      runner.commit("[major] Start", "v1.0.0");
      runner.commit("[major] Next");
      expect(tagOf(release("1.7.0", { automatic: true }))).toEqual(["v1.7.0"]);
      expect(release("1.0.0", { automatic: true })).toMatchObject({ code: 1, calls: [] });
    });
    it("fails where git does", () => {
      runner.commit("Start", "v1.0.0");
      const ran = runner.run(jobOf(spec({ automatic: true }), "release", "release"), { "inputs.version": "" }, BUILT, {
        GITHUB_SHA: "f".repeat(40),
      });
      expect([ran.code === 0, ran.calls]).toEqual([false, []]);
    });
  });
});

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
        "Rollback points of prod, newest first, each with the command that goes back to it.",
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
      says: "There is no rollback point: none of the last 30 deployments of prod went well.\n",
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
    runner.run(only(job, "Private network"), { "secrets.WIREGUARD_CONFIG": CONFIG }, {}, env);
  it("is installed where it is missing, and its configuration is in no command line", () => {
    const ran = up(runner.only("bash", "cat"));
    expect(ran).toMatchObject({
      code: 0,
      says: "",
      calls: [
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
