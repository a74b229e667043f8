/** A program in a repository of its own: what its workflows do for several applications, and how those start them. */
import { describe, expect, it } from "vitest";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { type Answers, type Ran, useRunner } from "../support/runner.ts";
import { jobOf, rendered, steps } from "../support/workflows.ts";

const runner = useRunner();

const PROGRAM: WorkflowsSpec = {
  deploy: { application: ["shop", "budget"], environments: { prod: { on: "main" } }, program: "deploy" },
  rollback: true,
};
const MEMBER: WorkflowsSpec = {
  build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] },
  deploy: { application: "shop", repository: "anna/infra", environments: { prod: { on: "main" } } },
};

describe("a program of several applications", () => {
  const named = (job: any, name: string) => steps(job).find((step) => step.name === name);

  it.each(["deploy", "rollback"])("lets a person choose the application of a %s", (name) =>
    expect(rendered(PROGRAM, name).on.workflow_dispatch.inputs.application).toMatchObject({
      type: "choice",
      required: true,
      options: ["shop", "budget"],
    }),
  );

  it("runs in its folder, and sets the version of the chosen one alone; a push sets none", () => {
    const { run, env, ...step } = named(rendered(PROGRAM, "deploy").jobs["deploy-prod"], "Deploy");
    expect(step["working-directory"]).toBe("deploy");
    expect(env).toMatchObject({ APPLICATION: "${{ inputs.application }}", VERSION: "${{ inputs.version }}" });
    expect(run).toContain(
      '[ -z "$VERSION" ] || npx pulumi config set --path "slipway:applications.$APPLICATION.version" "$VERSION"\n',
    );
  });

  it("rolls back one application, which may then have an older version", () => {
    const { run } = named(rendered(PROGRAM, "rollback").jobs.rollback, "Deploy");
    expect(run).toContain(
      '\nnpx pulumi config set --path "slipway:applications.$APPLICATION.version" "$VERSION"\nnpx pulumi config set --path "slipway:applications.$APPLICATION.allowDowngrade" true\n',
    );
  });

  it("lists as rollback points of an application no deployments of others, nor pushes", () => {
    const titles: Record<number, [string, string]> = {
      5: ["push", "Merge: v9"],
      4: ["workflow_dispatch", "rollback shop in prod: v1.0.0"],
      3: ["workflow_dispatch", "deploy budget to prod: v7.0.0"],
      2: ["workflow_dispatch", "deploy shop to prod: v1.1.0"],
      1: ["workflow_dispatch", "deploy shop to prod: v1.0.0"],
    };
    const ids = [5, 4, 3, 2, 1];
    const url = (id: number) => `https://github.com/anna/infra/actions/runs/10${id}/job/5`;
    const ran = runner.run(jobOf(PROGRAM, "rollback", "points"), POINTS, {
      "api --method GET": { json: ids.map((id) => ({ id, ref: "main", sha: "a", created_at: `day ${id}` })) },
      ...Object.fromEntries(
        ids.flatMap((id): [string, Answers[string]][] => [
          [`api repos/anna/shop/deployments/${id}/`, { json: [{ state: "success", log_url: url(id) }] }],
          [
            `api repos/anna/shop/actions/runs/10${id} `,
            { json: { event: titles[id]![0], display_title: titles[id]![1] } },
          ],
        ]),
      ),
    });
    const back = (version: string): string =>
      `\`gh workflow run rollback.yml --ref main -f environment=prod -f version=${version} -f application=shop\``;
    expect([ran.code, ran.says.split("\n").filter((line) => line.startsWith("-"))]).toEqual([
      0,
      [`- \`v1.0.0\`, deployed day 4: ${back("v1.0.0")}`, `- \`v1.1.0\`, deployed day 2: ${back("v1.1.0")}`],
    ]);
  });
  const POINTS = { "inputs.environment": "prod", "inputs.application": "shop" };

  it("says of an application that was never deployed by hand that it has no rollback point", () =>
    expect(runner.run(jobOf(PROGRAM, "rollback", "points"), POINTS, { "api --method GET": { json: [] } }).says).toBe(
      "There is no rollback point: none of the last 100 deployments of prod that succeeded is of shop.\n",
    ));
});

describe("an application whose program is elsewhere", () => {
  const REPOSITORY = "repos/anna/infra/actions";
  const title = "deploy shop to prod: sha-3f2c1ab";
  const runs = (...all: [number, string][]) => ({
    json: { workflow_runs: all.map(([id, name]) => ({ id, display_title: name })) },
  });
  const state = (status: string, conclusion: string | null = null) => ({ json: { status, conclusion } });
  const ANSWERS: Answers = {
    [`api ${REPOSITORY}/workflows/deploy.yml/runs?per_page=1 `]: runs([6, title]),
    [`api ${REPOSITORY}/workflows/deploy.yml/dispatches`]: { json: "" },
    [`api ${REPOSITORY}/workflows/deploy.yml/runs?event`]: [
      runs([6, title]),
      runs([8, "deploy budget to prod: v2"], [7, title], [6, title]),
    ],
    [`api ${REPOSITORY}/runs/7 `]: [state("queued"), state("in_progress"), state("completed", "success")],
  };
  const start = (answers: Answers): Ran =>
    runner.run(
      jobOf(MEMBER, "deploy", "deploy-prod"),
      {
        "secrets.DEPLOY_TOKEN": "token",
        "inputs.version || needs.build.outputs.version": "sha-3f2c1ab",
        "needs.build.outputs.digest-shop": "sha256:1234",
      },
      { ...ANSWERS, ...answers },
    );
  const dispatches = ({ calls }: Ran): string[] => calls.filter((call) => call.includes("/dispatches"));
  const NOTICE = "::notice::anna/infra deploys it: https://github.com/anna/infra/actions/runs/7\n";

  it("needs no checkout and no right in its own repository", () => {
    const job = rendered(MEMBER, "deploy").jobs["deploy-prod"];
    expect(job).toMatchObject({ permissions: {}, environment: { name: "prod" } });
    expect(steps(job)).toHaveLength(1);
  });

  it("is deployed there by the version and digest that were built, and its run, which began afterwards, waited for", () => {
    const ran = start({});
    expect(ran).toMatchObject({ code: 0, says: NOTICE });
    expect(dispatches(ran)).toEqual([
      `gh api ${REPOSITORY}/workflows/deploy.yml/dispatches -f ref=main -f inputs[environment]=prod -f inputs[application]=shop -f inputs[version]=sha-3f2c1ab -f inputs[digest]=sha256:1234`,
    ]);
  });

  it("fails with the deployment, and says where its log is", () =>
    expect(
      start({
        [`api ${REPOSITORY}/runs/7 `]: state("completed", "failure"),
        [`api ${REPOSITORY}/runs/7/jobs`]: { json: { jobs: [{ steps: [1, 2] }] } },
      }),
    ).toMatchObject({
      code: 1,
      says: `${NOTICE}::error::The deployment in anna/infra ended with: failure. Its log says why, and what serves now: https://github.com/anna/infra/actions/runs/7\n`,
    }));

  it("fails where somebody cancelled the deployment after it began", () =>
    expect(
      start({
        [`api ${REPOSITORY}/runs/7 `]: state("completed", "cancelled"),
        [`api ${REPOSITORY}/runs/7/jobs`]: { json: { jobs: [{ steps: [] }, { steps: [1] }] } },
      }),
    ).toMatchObject({ code: 1, says: expect.stringContaining("ended with: cancelled.") }));

  it("is started again where another application's deployment took its place before it began", () => {
    const ran = start({
      [`api ${REPOSITORY}/workflows/deploy.yml/runs?per_page=1 `]: [runs([6, title]), runs([8, "another"])],
      [`api ${REPOSITORY}/workflows/deploy.yml/runs?event`]: [runs([7, title]), runs([9, title], [7, title])],
      [`api ${REPOSITORY}/runs/7 `]: state("completed", "cancelled"),
      [`api ${REPOSITORY}/runs/7/jobs`]: { json: { jobs: [{ steps: [] }] } },
      [`api ${REPOSITORY}/runs/9 `]: state("completed", "success"),
    });
    expect(ran.code).toBe(0);
    expect(dispatches(ran)).toHaveLength(2);
    expect(ran.says).toContain("::notice::Another deployment took its place before it began; it is started again.\n");
  });

  it("is told once to wait for an approval, and once unheard GitHub is asked again", () => {
    const ran = start({
      [`api ${REPOSITORY}/runs/7 `]: [
        state("waiting"),
        { error: "gh: Bad Gateway (HTTP 502)" },
        state("waiting"),
        state("completed", "success"),
      ],
    });
    expect(ran.code).toBe(0);
    expect(ran.says.match(/waits for somebody to approve it/g)).toHaveLength(1);
  });

  it("fails with GitHub's words where it may not start it", () => {
    const { code, says } = start({
      [`api ${REPOSITORY}/workflows/deploy.yml/dispatches`]: {
        error: "gh: Resource not accessible by personal access token (HTTP 403)",
      },
    });
    expect([code, says]).toEqual([1, "gh: Resource not accessible by personal access token (HTTP 403)\n"]);
  });

  it("says so where no run begins", () => {
    const { code, says } = start({ [`api ${REPOSITORY}/workflows/deploy.yml/runs?event`]: runs([6, title]) });
    expect([code, says]).toEqual([1, expect.stringContaining(`but began no run "${title}" within a minute`)]);
  });
});
