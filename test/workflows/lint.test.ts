/** The generated files under the eyes of the linters that know GitHub's own rules. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { communityFiles, type WorkflowsSpec, workflowFiles } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-workflows-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function checkout(name: string, files: Record<string, string>): string {
  const into = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  execFileSync("git", ["init", "--quiet", into]);
  return into;
}

/** What a linter says, and its exit code. */
function lint(cwd: string, command: string, ...args: string[]): { code: number | null; says: string } {
  const { status, stdout, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw new Error(`${command} does not start (${error.message}); \`script/bootstrap --tests\` installs it`);
  return { code: status, says: stdout };
}
/** Without colours, which it shows where `CI` is set, even into a pipe. */
const ZIZMOR = ["--offline", "--no-progress", "--quiet", "--color=never"];
const zizmor = (cwd: string) => lint(cwd, "zizmor", ...ZIZMOR, ".");

/** What an auditor is told of medium severity and above, each as "audit path: text". */
function audited(cwd: string): string[] {
  const { says } = lint(
    cwd,
    "zizmor",
    ...ZIZMOR,
    "--persona=auditor",
    "--min-severity=medium",
    "--format=json-v1",
    ".",
  );
  const findings: { ident: string; locations: Location[] }[] = JSON.parse(says);
  return findings.map(({ ident, locations }) => {
    const { symbolic, concrete } = locations.find(({ symbolic: { kind } }) => kind === "Primary")!;
    const path = symbolic.key.Local.verbatim_path.replace(/^\.\//, "");
    return `${ident} ${path}: ${concrete.feature.trim().replaceAll(/\s+/g, " ")}`;
  });
}
interface Location {
  symbolic: { kind: string; key: { Local: { verbatim_path: string } } };
  concrete: { feature: string };
}

/** What a declaration asks for itself, and docs/repositories.md gives the reason of: nothing else is left out. */
function asked({ ci, runner }: WorkflowsSpec): RegExp[] {
  const images = Object.values(ci?.services ?? {}).filter((image) => !image.includes("@sha256:"));
  const labels = typeof runner === "object" && !Array.isArray(runner) ? [runner.deploy ?? []].flat() : [];
  return [
    ...images.map((image) => new RegExp(`^unpinned-images \\.github/workflows/ci\\.yml: image: ${image}$`)),
    ...(labels.includes("self-hosted")
      ? [
          new RegExp(
            `^self-hosted-runner \\.github/workflows/(deploy|rollback)\\.yml: runs-on: - ${labels.join(" - ")}$`,
          ),
        ]
      : []),
  ];
}

/** At a registry of its own, whose password `deploy` hands on to `build`. */
const elsewhere: (typeof PIPELINES)[string] = {
  workflows: {
    build: { images: [{ name: "shop", image: "registry.example.org:5000/shop" }] },
    deploy: { application: "shop" },
  },
  community: {},
};

/** With a package, by hand and by itself. */
const packaged = (release: object): (typeof PIPELINES)[string] => ({
  workflows: {
    ci: { go: { versions: ["1.26"] } },
    release: { ...release, package: { run: "npm ci && npm pack", files: "*.tgz", node: "24" } },
  },
  community: {},
});

const ALL = {
  ...PIPELINES,
  "another registry": elsewhere,
  "a package": packaged({}),
  "a package of every push": packaged({ automatic: true }),
  "services by digest": {
    workflows: {
      ci: {
        go: { versions: ["1.26"] },
        services: { postgres: `postgres:17@sha256:${"0a".repeat(32)}`, redis: `redis:8@sha256:${"0b".repeat(32)}` },
      },
    },
    community: {},
  },
};

describe.each(Object.entries(ALL))("%s", (name, { workflows, community }) => {
  let at: string;
  beforeAll(() => {
    at = checkout(name, { ...workflowFiles(workflows), ...communityFiles(community) });
  });
  it("satisfies actionlint", () => expect(lint(at, "actionlint", "-no-color")).toEqual({ code: 0, says: "" }));
  it("satisfies zizmor", () => {
    const { code, says } = zizmor(at);
    expect([code, says]).toEqual([0, expect.stringMatching(/^(No findings to report|$)/)]);
  });
  it("satisfies an auditor, but for what the declaration asks for", () => {
    const reasons = asked(workflows);
    const found = audited(at);
    expect(found.filter((line) => !reasons.some((reason) => reason.test(line)))).toEqual([]);
    // None of them is left out for nothing.
    expect(reasons.filter((reason) => !found.some((line) => reason.test(line)))).toEqual([]);
  });
});

it("the linters find what is wrong, so that their silence says something", () => {
  const bad =
    "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }} ${{ nonsense.x }}\n";
  const at = checkout("bad", { ".github/workflows/bad.yml": bad });
  expect(lint(at, "actionlint", "-no-color")).toEqual({ code: 1, says: expect.stringContaining("nonsense") });
  expect(zizmor(at)).toEqual({ code: expect.any(Number), says: expect.stringMatching(/template-injection[\s\S]*/) });
  expect(zizmor(at).code).not.toBe(0);
  expect(audited(at).join("\n")).toMatch(
    /^dangerous-triggers \.github\/workflows\/bad\.yml: on: pull_request_target$/m,
  );
});
