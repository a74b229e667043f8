/** Rules about workflows that the program keeps in a repository, on their text. */
import { describe, expect, it } from "vitest";
import { found, foundIn, judged, one, steps, workflow } from "../fixtures/judged.ts";
import { settings } from "../fixtures/repository.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

const COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const DIGEST = `sha256:${"0a".repeat(32)}`;

const on = (runner: string, event = "push"): string => one(`runs-on: ${runner}\nsteps: []`, event);

describe("the generated workflows", () => {
  it.each(Object.entries(PIPELINES))(
    "of %s have nothing that a rule finds, but images that are named by tag",
    (_, { workflows }) => {
      const { app, build, deploy, preview } = workflows;
      const secrets = app ? ["APP_PRIVATE_KEY"] : [];
      const environment = { reviewers: { users: ["bob"] }, preview: { reviewers: { users: ["bob"] } } };
      const stacks = [
        ...Object.keys(deploy?.environments ?? {}),
        ...(preview?.environments ?? []),
        "dev",
        "staging",
        "prod",
      ];
      const said = found(
        {
          name: `${build?.images[0]?.image.split("/")[1] ?? "anna"}/shop`,
          visibility: "private",
          workflows,
          actions: { approve: true },
          environments: Object.fromEntries(
            stacks.map((stack) => [stack, { ...environment, ...(deploy?.repository && app ? { secrets } : {}) }]),
          ),
        },
        { context: { settings: settings({ secretNames: secrets }) } },
      );
      expect(said.filter((line) => /^workflow-(?!unpinned-image)/.test(line))).toEqual([]);
    },
  );
});

describe("a workflow's permissions", () => {
  const body = steps("run: make");

  it.each<[string, string, string[]]>([
    ["write-all", "permissions: write-all", ["workflow-write-all: work has permissions: write-all"]],
    ["none at all", "", ["workflow-permissions-missing: work does not say its own"]],
    ["left empty", "permissions:", ["workflow-permissions-missing: work does not say its own"]],
    ["read-all", "permissions: read-all", []],
    ["listed", "permissions: { contents: write }", []],
  ])("may not be %s", (_, top, said) => expect(foundIn(one(body, "push", top))).toEqual(said));

  it("are those of its jobs, where they have their own", () => {
    expect(foundIn(one(`permissions: write-all\n${body}`))).toEqual([
      "workflow-write-all: work has permissions: write-all",
    ]);
    expect(foundIn(one(`permissions: {}\n${body}`, "push", "permissions: write-all"))).toEqual([]);
  });

  it("are everything where nobody says, and the repository's default may be", () => {
    expect(foundIn(one(body, "push", ""), { actions: { token: "write" } })).toEqual([
      "workflow-write-all: work has no permissions of its own, and the repository's default is to write everything",
    ]);
    expect(foundIn(one(body, "push", ""), { actions: false })).toEqual([
      "workflow-write-all: work has no permissions of its own, and the repository's default is not declared",
    ]);
  });

  it("are the caller's where others alone call it", () => expect(foundIn(one(body, "workflow_call", ""))).toEqual([]));
});

describe("an action", () => {
  it.each([
    "actions/checkout@v7",
    "actions/checkout@main",
    "actions/checkout",
    `actions/checkout@${COMMIT.slice(0, 12)}`,
    `actions/checkout@${COMMIT}0`,
    "anna/act/folder@v1",
  ])("is found without a full commit: %s", (uses) =>
    expect(foundIn(one(steps(`uses: ${uses}`)))).toEqual([`workflow-unpinned-action: work.1 uses ${uses}`]),
  );

  it.each([
    `actions/checkout@${COMMIT} # v7.0.1`,
    `anna/act/folder@${COMMIT}`,
    "./.github/actions/own",
    `docker://alpine@${DIGEST}`,
  ])("is fine: %s", (uses) => expect(foundIn(one(steps(`uses: ${uses}`)))).toEqual([]));

  it("counts as such where it is a workflow of others", () => {
    expect(foundIn(one("uses: anna/flows/.github/workflows/a.yml@v1"))).toEqual([
      "workflow-unpinned-action: work uses anna/flows/.github/workflows/a.yml@v1",
    ]);
    expect(foundIn(one(`uses: anna/flows/.github/workflows/a.yml@${COMMIT}`))).toEqual([]);
    expect(foundIn(one("uses: ./.github/workflows/a.yml"))).toEqual([]);
  });
});

describe("a container's image", () => {
  it("is told without a digest, wherever it stands", () =>
    expect(
      foundIn(
        one(
          `container: node:24\nservices:\n  db:\n    image: postgres:17\n  cache:\n    image: redis@${DIGEST}\n${steps("uses: docker://alpine:3")}`,
        ),
      ),
    ).toEqual([
      "workflow-unpinned-image: work.container is node:24",
      "workflow-unpinned-image: work.services.db is postgres:17",
      "workflow-unpinned-image: work.1 is alpine:3",
    ]));

  it("is not judged where an expression gives it", () =>
    expect(foundIn(one(`container: { image: "\${{ matrix.image }}" }\n${steps("run: make")}`))).toEqual([]));
});

describe("a pull request's code", () => {
  const PR = "pull_request_target";
  const checkout = (...inputs: string[]): string =>
    `uses: actions/checkout@${COMMIT}\n    with:\n${inputs.map((line) => `      ${line}`).join("\n")}`;
  const HEAD = "ref: ${{ github.event.pull_request.head.sha }}";

  it.each<[string, string, string]>([
    [PR, checkout(HEAD), "github.event.pull_request.head.sha"],
    ["[push, pull_request_target]", checkout("ref: ${{ github.head_ref }}"), "github.head_ref"],
    [
      "{ pull_request_target: { types: [opened] } }",
      checkout("ref: refs/pull/${{ github.event.number }}/merge"),
      "github.event.number",
    ],
    [
      PR,
      checkout("repository: ${{ github.event.pull_request.head.repo.full_name }}"),
      "github.event.pull_request.head.repo.full_name",
    ],
    [PR, checkout("ref: ${{ env.REF }}"), "env.REF"],
    [PR, checkout("ref: ${{ format('{0}', 'planted-word') }}"), "an expression"],
    [
      "{ workflow_run: { workflows: [ci] } }",
      checkout("ref: ${{ github.event.workflow_run.head_sha }}"),
      "github.event.workflow_run.head_sha",
    ],
    ["issue_comment", 'run: gh pr checkout "$NUMBER"', "gh pr checkout"],
    [
      PR,
      'run: git fetch origin "$REF" && git checkout FETCH_HEAD\n    env:\n      REF: ${{ github.event.pull_request.head.ref }}',
      "git",
    ],
    ["issue_comment", "run: git fetch origin pull/$N/head", "git"],
    ["issue_comment", "run: |\n      gh -R anna/shop \\\n        pr checkout 5", "gh pr checkout"],
    ["issue_comment", "run: |\n      git fetch \\\n        origin pull/5/head", "git"],
    [PR, "run: gh repo clone ${{ github.event.pull_request.head.repo.full_name }}", "git"],
    [PR, checkout("REF: ${{ github.head_ref }}"), "github.head_ref"],
  ])("is critical beside %s: %s", (event, step, what) => {
    const text = one(steps(step), event);
    const [said] = judged(workflow(text)).filter(({ rule }) => rule === "workflow-untrusted-checkout");
    expect([said?.severity, said?.message.split("; ")[0]]).toEqual([
      "critical",
      expect.stringContaining(` may start, checks out ${what}`),
    ]);
  });

  it.each<[string, string]>([
    ["pull_request", checkout(HEAD)],
    ["push", checkout(HEAD)],
    [PR, `uses: actions/checkout@${COMMIT}`],
    [PR, checkout("ref: main", "persist-credentials: false")],
    [PR, checkout("ref: ${{ github.event.pull_request.base.sha }}")],
    [PR, checkout("ref: ${{ github.sha }}", "repository: ${{ github.repository }}")],
    [PR, "run: gh pr edit --add-label new"],
    [PR, "run: gh repo view ${{ github.event.pull_request.head.repo.full_name }}"],
    [PR, "run: echo checkout && git status"],
    ["{ workflow_run: { workflows: [ci] } }", `uses: actions/checkout@${COMMIT}`],
  ])("is not meant by %s: %s", (event, step) => expect(foundIn(one(steps(step), event))).toEqual([]));

  it("counts in a workflow that such a one calls, also through another", () => {
    const called = one(steps(checkout(HEAD)), "workflow_call");
    const calls = (name: string, event: string): string => one(`uses: ./.github/workflows/${name}.yml`, event);
    expect(foundIn(called, {}, { ".github/workflows/a.yml": calls("own", "push") })).toEqual([]);
    expect(
      foundIn(
        called,
        {},
        {
          ".github/workflows/a.yml": calls("own", "workflow_call"),
          ".github/workflows/b.yml": calls("a", PR),
        },
      ),
    ).toEqual([
      "workflow-untrusted-checkout: work.1, which pull_request_target may start, checks out github.event.pull_request.head.sha",
    ]);
    // Two that call each other.
    expect(foundIn(calls("a", "workflow_call"), {}, { ".github/workflows/a.yml": calls("own", PR) })).toEqual([]);
  });
});

describe("a machine of one's own", () => {
  const OWN = [
    "self-hosted",
    "[self-hosted, linux]",
    "{ group: mine, labels: [self-hosted] }",
    "{ labels: self-hosted }",
    '${{ fromJSON(\'["self-hosted", "linux"]\') }}',
    "${{ github.event_name == 'push' && 'self-hosted' || 'ubuntu-24.04' }}",
    "Self-Hosted",
  ];

  it.each(OWN)("is told in a public repository: %s", (runner) =>
    expect(foundIn(on(runner))).toEqual(["workflow-self-hosted: work runs on a machine of your own"]),
  );

  it.each(OWN)("is refused where a pull request runs: %s", (runner) =>
    expect(foundIn(on(runner, "pull_request"))).toEqual([
      "workflow-self-hosted-pull-request: work, which pull_request may start, runs on a machine of your own",
    ]),
  );

  it("is found in a matrix", () => {
    const matrix = (values: string): string =>
      one(`runs-on: \${{ matrix.os }}\nstrategy:\n  matrix:\n    ${values}\nsteps: []`);
    expect(foundIn(matrix("os: [ubuntu-24.04, self-hosted]"))).toHaveLength(1);
    expect(foundIn(matrix("os: [ubuntu-24.04, [self-hosted, gpu]]"))).toHaveLength(1);
    expect(foundIn(matrix("include: [{ os: self-hosted }]"))).toHaveLength(1);
    expect(foundIn(matrix("os: [ubuntu-24.04, macos-15, windows-2025]"))).toEqual([]);
  });

  it.each<[string, string]>([
    ["{ group: large }", "group large"],
    ["homelab", "homelab"],
    ["ubuntu-of-ours", "ubuntu-of-ours"],
    ["${{ inputs.runner }}", "${{ inputs.runner }}"],
    ["${{ matrix.os }}", "${{ matrix.os }}"],
  ])("may be meant by %s, which is told", (runner, shown) =>
    expect(foundIn(on(runner, "pull_request"))).toEqual([
      `workflow-self-hosted: work runs on ${shown}, which may be a machine of your own`,
    ]),
  );

  it("is fine in a private repository, and GitHub's are everywhere", () => {
    expect(foundIn(on("self-hosted", "pull_request"), { visibility: "private" })).toEqual([]);
    for (const label of [
      "ubuntu-24.04-arm",
      "ubuntu-slim",
      "windows-latest",
      "windows-11-arm",
      "macos-15-xlarge",
      "windows-2025-vs2026",
    ])
      expect(foundIn(on(label, "pull_request"))).toEqual([]);
  });
});
