/** What rules make of a workflow's text that is no workflow, and what a plan shows of one. */
import { describe, expect, it } from "vitest";
import { workflowReview } from "../../components/github/workflows/review.ts";
import { found, foundIn, judged, one, steps, workflow } from "../fixtures/judged.ts";

describe("a workflow that cannot be read", () => {
  it.each<[string, string]>([
    ["on: push\njobs: [\n  planted-word", "line 3 is not YAML (BAD_INDENT)"],
    ["on: push\non: push\njobs: {}", "line 2 is not YAML (DUPLICATE_KEY)"],
    ["", "it is not a map of YAML"],
    ["- planted-word", "it is not a map of YAML"],
    ["on: push", "it has no jobs"],
    ["on: push\njobs: planted-word", "it has no jobs"],
    [
      "a: &a [x, x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d]",
      "its aliases cannot be resolved",
    ],
  ])("says so, without a word of it: %j", (text, why) => {
    const [said, ...more] = foundIn(text);
    expect(more).toEqual([]);
    expect(said).toMatch(/^workflow-unreadable: /);
    expect(said).not.toContain("planted");
    expect(said).toBe(`workflow-unreadable: ${why}`);
  });

  it("is not one where it only has what GitHub does not know", () =>
    expect(
      foundIn("on: push\npermissions: {}\njobs:\n  a:\n    steps: [1, text, { uses: 5 }]\n  b:\n  c: text\n"),
    ).toEqual([]));

  it("is looked for where GitHub looks, and nowhere else", () =>
    expect(
      found({
        files: {
          content: {
            ".github/workflows/deep/a.yml": "[",
            ".github/workflows/a.txt": "[",
            ".github/dependabot.yml": "[",
            "docs/a.yml": "[",
          },
        },
      }),
    ).toEqual([]));
});

describe("what a plan shows of a workflow", () => {
  it("is what started it and what is wrong, without values", () => {
    const text = one(
      `env:\n  TOKEN: planted-token\n${steps("run: curl -H 'planted-header' https://example.com\n    env:\n      A: planted-a")}`,
      "[push, pull_request]",
      "",
    );
    expect(workflowReview(text)).toEqual({ on: "pull_request push", permissions: { work: "default" } });
    expect(JSON.stringify(judged(workflow(text)))).not.toContain("planted");
  });

  it("shows names alone where anything could stand", () => {
    const planted = "planted word";
    const text = one(
      `runs-on: "\${{ '${planted}' }}"\ncontainer: "${planted}"\nsteps:\n  - uses: "${planted}"\n  - uses: "./${planted}"\n  - uses: "docker://${planted}"`,
      `["${planted}", push]`,
    );
    const said = judged(workflow(text));
    expect(said).toHaveLength(4);
    expect(JSON.stringify([said, workflowReview(text)])).not.toContain("planted");
  });
});
