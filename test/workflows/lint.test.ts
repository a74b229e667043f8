/** The generated files under the eyes of the linters that know GitHub's own rules. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { communityFiles, workflowFiles } from "../../components/github/workflows/index.ts";
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
const zizmor = (cwd: string) => lint(cwd, "zizmor", "--offline", "--no-progress", "--quiet", "--color=never", ".");

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
});

it("the linters find what is wrong, so that their silence says something", () => {
  const bad =
    "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }} ${{ nonsense.x }}\n";
  const at = checkout("bad", { ".github/workflows/bad.yml": bad });
  expect(lint(at, "actionlint", "-no-color")).toEqual({ code: 1, says: expect.stringContaining("nonsense") });
  expect(zizmor(at)).toEqual({ code: expect.any(Number), says: expect.stringMatching(/template-injection[\s\S]*/) });
  expect(zizmor(at).code).not.toBe(0);
});
