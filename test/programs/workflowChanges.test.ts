/** Which jobs a pull request concerns: the script of the generated workflow, run by bash on a real repository. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { useRunner } from "../support/runner.ts";
import { jobOf } from "../support/workflows.ts";

const runner = useRunner();

const job = jobOf(
  {
    ci: {
      python: { versions: ["3.12"], paths: ["backend/**"] },
      node: { versions: ["24"], paths: ["frontend/**", "package*.json"] },
      commands: { docs: { run: "make docs", paths: ["docs/**"] } },
    },
  },
  "ci",
  "changes",
);
const BASE = "github.event_name == 'pull_request' && 'HEAD^1' || github.event.merge_group.base_sha";

function change(...files: string[]): void {
  for (const file of files) {
    const path = join(runner.checkout, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${Math.random()}\n`);
  }
  runner.git("add", "--all");
  runner.commit("Change");
}
function concerned(base = "HEAD^1"): string[] {
  const ran = runner.run(job, { [BASE]: base });
  expect([ran.code, ran.says]).toEqual([0, ""]);
  return runner
    .read("output")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replace(/=true$/, ""));
}

it.each<[string, string[], string[]]>([
  ["those with a file that it changes", ["backend/deep/down/app.py"], ["python"]],
  ["by each of their patterns", ["package-lock.json"], ["node"]],
  ["several", ["backend/a.py", "docs/a.md"], ["python", "docs"]],
  ["none, if it changes other files", ["README.md", "backendish/a.py"], []],
  ["all, if it changes what is checked", [".github/workflows/ci.yml"], ["python", "node", "docs"]],
])("a pull request concerns %s", (_, files, jobs) => {
  runner.commit("Start");
  change(...files);
  expect(concerned()).toEqual(jobs);
});

it("any other event concerns all, and so does a change that cannot be read", () => {
  runner.commit("Start");
  change("README.md");
  expect(concerned("")).toEqual(["python", "node", "docs"]);
  const ran = runner.run(job, { [BASE]: "0".repeat(40) });
  expect([ran.code, runner.read("output").split("\n").length]).toEqual([0, 4]);
});
