import { describe, expect, it } from "vitest";
import { takeOver } from "../../cli/pins/takeOver.ts";
import { usedPins } from "../../cli/pins/used.ts";
import { PINS } from "../../components/github/workflows/actions.ts";
import { workflowFiles } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];
const CHECKOUT = PINS["actions/checkout"];
const NEWER = { commit: A, version: "v7.9.0" };
const step = (uses: string): string => `jobs:\n  a:\n    steps:\n      - uses: ${uses}\n`;
const used = (...uses: string[]) =>
  usedPins(Object.fromEntries(uses.map((use, index) => [`w${index + 1}.yml`, step(use)])));

describe("the pins of a checkout's workflows", () => {
  it.each(Object.entries(PIPELINES))("are the built-in ones as %s is generated", (_, { workflows }) => {
    const { pins, unknown, problems } = usedPins(workflowFiles(workflows ?? {}));
    expect([unknown, problems]).toEqual([[], []]);
    expect(PINS).toMatchObject(pins);
  });

  it("are found however they are written, of an action's folder by its repository", () =>
    expect(
      used(`"actions/checkout@${A}" # v7.9.0`, `github/codeql-action/init@${B} # v4.40.0 of today`, `./x@${B}`).pins,
    ).toEqual({
      "actions/checkout": NEWER,
      "github/codeql-action": { commit: B, version: "v4.40.0" },
    }));

  it.each([
    ["a tag", "actions/checkout@v7", "w1.yml:4: actions/checkout@v7 is not a full commit with its version as comment"],
    ["a short commit", "actions/checkout@abc1234 # v7", "w1.yml:4: actions/checkout@abc1234 is not a full commit"],
    [
      "a commit alone",
      `actions/checkout@${A}`,
      `w1.yml:4: actions/checkout@${A} is not a full commit with its version`,
    ],
    ["another comment", `actions/checkout@${A} # main`, `w1.yml:4: actions/checkout@${A} is not a full commit with`],
  ])("are refused where one is %s", (_, use, problem) =>
    expect(used(use).problems).toEqual([expect.stringContaining(problem)]),
  );

  it("are refused where an action has two of them, and both are named", () =>
    expect(used(`actions/checkout@${A} # v7.9.0`, `actions/checkout@${B} # v7.9.1`).problems).toEqual([
      `actions/checkout has two commits: ${A} in w1.yml:4, ${B} in w2.yml:4; raise both to one`,
    ]));

  it("of actions that no generated workflow uses are only named", () =>
    expect(used("anna/own@main", "anna/own@main", "docker://alpine:3")).toEqual({
      pins: {},
      unknown: ["anna/own"],
      problems: [],
    }));
});

describe("a pin is taken over", () => {
  const take = (pin: object, declared: object = {}, file: object = {}) =>
    takeOver({ "actions/checkout": pin } as Parameters<typeof takeOver>[0], declared, file);

  it("where it is newer than the one in force", () =>
    expect(take(NEWER)).toEqual({
      pins: { "actions/checkout": NEWER },
      changes: [`actions/checkout v7.9.0 (${CHECKOUT.version} before)`],
      notes: [],
    }));

  it("but not where it is that one: built-in, declared, or in the file", () => {
    expect(take(CHECKOUT)).toEqual({ pins: {}, changes: [], notes: [] });
    expect(take(NEWER, { "actions/checkout": NEWER })).toEqual({ pins: {}, changes: [], notes: [] });
    expect(take(NEWER, {}, { "actions/checkout": NEWER })).toMatchObject({
      pins: { "actions/checkout": NEWER },
      changes: [],
    });
  });

  it("nor where it is older, which is said", () => {
    expect(take({ commit: A, version: "v6.9.9" })).toMatchObject({
      pins: {},
      changes: [],
      notes: [`actions/checkout v6.9.9 is older than ${CHECKOUT.version}, which is in force`],
    });
    const declared = { "actions/checkout": { commit: B, version: "v8" } };
    expect(take(NEWER, declared).notes).toEqual(["actions/checkout v7.9.0 is older than v8, which is in force"]);
  });

  it("nor where the same version is another commit, which is said, as somebody moved a tag", () =>
    expect(take({ commit: A, version: CHECKOUT.version }).notes).toEqual([expect.stringContaining("a tag was moved")]));

  it("beside those that the file has, in order; one that the library has caught up with goes", () => {
    const file = {
      "docker/login-action": { commit: B, version: "v99.0.0" },
      "actions/attest": { commit: B, version: "v1.0.0" },
      "anna/gone": { commit: B, version: "v1.0.0" },
    };
    const { pins, changes } = take(NEWER, file, file);
    expect(Object.keys(pins)).toEqual(["actions/checkout", "docker/login-action"]);
    expect(changes).toEqual([
      "actions/attest v1.0.0 goes: the built-in pin is as new",
      "anna/gone v1.0.0 goes: the built-in pin is as new",
      `actions/checkout v7.9.0 (${CHECKOUT.version} before)`,
    ]);
  });
});
