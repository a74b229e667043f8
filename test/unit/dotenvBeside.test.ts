/** A `.env` beside a Compose file, of which the settings lack something: the plan names it, with the way to import it. */
import { describe, expect, it } from "vitest";
import { type Given, planOf, problemsOf } from "../fixtures/application.ts";
import { SPEC } from "../fixtures/beside.ts";

const file = (db: object): string =>
  JSON.stringify({ services: { web: { image: "ghcr.io/anna/shop:1" }, db: { image: "kv:1", ...db } } });
const given = (db: object, dotenv: string, more: Given = {}): Given => ({
  compose: file(db),
  beside: { ".env": dotenv },
  ...more,
});
const problems = (...words: Parameters<typeof given>): string[] => problemsOf(SPEC, given(...words));
const warnings = (...words: Parameters<typeof given>): string[] => planOf(SPEC, given(...words)).warnings;

const COMMAND = "npm exec --no -- slipway import .env --application shop";

describe("what a Compose file needs", () => {
  const NEEDS = { environment: { A: "${A_TOKEN}", B: "${B_TOKEN}", C: "${C_TOKEN}" } };

  it("and only its .env has is named at once, without a value, with the command that imports it", () =>
    expect(problems(NEEDS, "B_TOKEN=hunter2\nA_TOKEN=x\nC_TOKEN=y\nUNUSED=1\n")).toEqual([
      `apps: shop.compose: ".env" has what compose.yaml needs and the settings lack: A_TOKEN, B_TOKEN, C_TOKEN; a release's variables come from the settings: ${COMMAND}`,
    ]));

  it("and not even its .env has is told as before", () =>
    expect(problems(NEEDS, "A_TOKEN=x\n", { secrets: { B_TOKEN: "b" } })).toEqual([
      expect.stringContaining("the settings lack: A_TOKEN; "),
      expect.stringContaining('"${C_TOKEN}" has no value; set slipway:secrets.shop.C_TOKEN'),
    ]));

  it("is found beside the Compose file, and named from the program's folder", () => {
    const spec = { ...SPEC, compose: "../deploy/compose.yaml" };
    const beside = {
      "../deploy/compose.yaml": file(NEEDS),
      "../deploy/.env": "A_TOKEN=\nB_TOKEN=\nC_TOKEN=",
      ".env": "",
    };
    expect(problemsOf(spec, { beside })[0]).toContain("slipway import ../deploy/.env --application shop");
  });

  it("is no matter of a .env where the settings have it", () =>
    expect(
      problems(NEEDS, "A_TOKEN=x", {
        secrets: { A_TOKEN: "a", B_TOKEN: "b" },
        settings: { environment: { C_TOKEN: "c" } },
      }),
    ).toEqual([]));
});

describe("what a Compose file may go without", () => {
  it.each<[string, object]>([
    ["by a default", { command: "${LEVEL:-info}" }],
    ["by handing it on in a list", { environment: ["LEVEL", "OTHER=1"] }],
    ["by handing it on in a map", { environment: { LEVEL: null } }],
    ["by the file of all variables", { env_file: ".env" }],
    ["by the file of all variables, if there is one", { env_file: [{ path: "./.env", required: false }] }],
  ])("is warned about where only the .env has it: %s", (_, db) =>
    expect(warnings(db, "LEVEL=debug\n")).toEqual([
      `apps: shop.compose: ".env" has values that compose.yaml uses and the settings lack, so they do not count: LEVEL; ${COMMAND} brings them into the settings; name .env in .slipwayignore if it is a developer's own`,
    ]),
  );

  it.each<[string, object, string, Given]>([
    ["it is not used", { command: "x$$LEVEL" }, "LEVEL=debug", {}],
    ["the settings have it", { env_file: ".env" }, "LEVEL=debug", { settings: { environment: { LEVEL: "info" } } }],
    ["it is a secret of the settings", { env_file: ".env" }, "LEVEL=debug", { secrets: { LEVEL: "x" } }],
    ["Slipway decides of it", { env_file: ".env" }, "VERSION=1\nCOMPOSE_PROJECT_NAME=x\nCOMPOSE_FILE=y\n", {}],
    ["only a build uses it", { build: { context: ".", args: ["LEVEL=${LEVEL:-1}"] } }, "LEVEL=2", {}],
  ])("is not spoken of where %s", (_, db, dotenv, more) => expect(warnings(db, dotenv, more)).toEqual([]));

  it("is not spoken of where .slipwayignore names the .env, or it leads out of the project", () => {
    const beside = { ".env": "LEVEL=debug", ".slipwayignore": ".env\n" };
    expect(warnings({ env_file: ".env" }, "", { beside })).toEqual([]);
    expect(warnings({ env_file: ".env" }, "", { beside: { ".env": { link: "/etc/x" } } })).toEqual([]);
  });
});
