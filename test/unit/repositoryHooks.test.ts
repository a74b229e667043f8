/** What git tells a hook, what a repository says of hooks, and what is written for git to run. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { doings, hooksConfigJsonSchema, hooksSchema } from "../../cli/hooks/config.ts";
import { hooksReportJsonSchema } from "../../cli/hooks/report.ts";
import { pushedIn } from "../../cli/hooks/run/refs.ts";
import { parseHook, renderHook } from "../../cli/hooks/script.ts";

const [A, B, NONE] = ["a".repeat(40), "b".repeat(64), "0".repeat(40)];

describe("what a push brings", () => {
  it("is read of branches, tags, deletions and expressions", () =>
    expect(
      pushedIn(
        [
          `refs/heads/main ${A} refs/heads/main ${NONE}`,
          `(delete) ${NONE} refs/heads/old ${A}`,
          `HEAD^{/Add search} ${B} refs/heads/x ${A}`,
          "",
        ].join("\n"),
      ),
    ).toEqual([
      { ref: "refs/heads/main", hash: A, before: undefined },
      { ref: "refs/heads/old", hash: undefined, before: A },
      { ref: "refs/heads/x", hash: B, before: A },
    ]));
  it("is nothing where nothing is told", () => expect(pushedIn("\n")).toEqual([]));
  it("is refused in other words", () => expect(() => pushedIn("main")).toThrow(/words that are not known: main$/));
});

describe(".slipway/hooks.json", () => {
  it.each<[object]>([
    [{ prePush: { test: " " } }],
    [{ prePush: { deploy: {} } }],
    [{ prePush: { deploy: { run: "x", branch: "$(id)" } } }],
    [{ postCommit: { version: "yes" } }],
    [{ env: "/etc/passwd" }],
    [{ env: "../.env" }],
    [{ preCommit: {} }],
  ])("is refused: %j", (config) => expect(hooksSchema.safeParse(config).success).toBe(false));
  it("says what each hook does", () => {
    const config = hooksSchema.parse({
      postCommit: {},
      prePush: { test: "npm test", deploy: { run: "make deploy" } },
      postMerge: { confirm: false, deploy: { branch: "live", run: "make deploy" } },
    });
    expect([doings(config, "post-commit"), doings(config, "pre-push"), doings(config, "post-merge")]).toEqual([
      ["writes and tags the next version"],
      ["tests: npm test", "asks, and deploys main: make deploy"],
      ["deploys live: make deploy"],
    ]);
    expect(doings(hooksSchema.parse({}), "pre-push")).toEqual([]);
  });
});

describe("a hook's file", () => {
  const written = { slipway: "infra/node_modules/.bin/slipway", node: "/opt/my node/bin/node" };
  const text = renderHook("pre-push", written);
  it("tells how it was written, and whether it is as it was", () => {
    expect(parseHook(text)).toEqual({ written, isAsWritten: true });
    expect(parseHook(`${text}git lfs\n`)).toEqual({ written, isAsWritten: false });
    expect(parseHook("#!/bin/sh\nexit 0\n")).toBeUndefined();
    expect(parseHook("#!/bin/sh\n# slipway hook 0123456789ab {nothing}\n")).toBeUndefined();
  });
  it("quotes what stands in it", () => expect(text).toContain("\nnode='/opt/my node/bin/node'\n"));
  it("names the folder whose packages are missing", () =>
    expect(text).toContain(
      "infra/node_modules/.bin/slipway is not there; run npm install in infra. Nothing is pushed;",
    ));
});

it.each([
  ["hooks", hooksReportJsonSchema()],
  ["hooks-config", hooksConfigJsonSchema()],
])("docs/%s.schema.json is what the code has; else run node cli/hooks/writeSchema.ts", (name, schema) =>
  expect(JSON.parse(readFileSync(`docs/${name}.schema.json`, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema))),
);
