/** Which variables `slipway import` makes secrets: by proposal, by the command line, by answers. */
import { describe, expect, it } from "vitest";
import { checkTold, decide, proposals } from "../../cli/import/decide.ts";
import { dependsOnDeclaration, nameProblem, whyLeftOut } from "../../cli/import/reserved.ts";

const PATH = "slipway:applications.shop.environment";
const NOTHING = { secret: [], plain: [] };
const ALL = proposals([
  { name: "DB_PASSWORD", value: "hunter2" },
  { name: "LOG_LEVEL", value: "info" },
  { name: "CACHE_KEY", value: "shop" },
]);
const NAMES = ALL.map(({ name }) => name);

/** Answers the questions in their order. */
function person(...answers: (string | undefined)[]) {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answers.shift();
  };
  return { questions, ask };
}

const kinds = (choices: { name: string; kind: string }[]) =>
  Object.fromEntries(choices.map(({ name, kind }) => [name, kind]));

describe("proposals", () => {
  it("make a secret of what holds the value of another secret", () => {
    const [, url, word] = proposals([
      { name: "ADMIN_PASSWORD", value: "x-ray-12" },
      { name: "CHECK", value: "curl -u admin:x-ray-12" },
      { name: "LEVEL", value: "info" },
    ]);
    expect(url).toMatchObject({ kind: "secret", isCertain: true, why: "its value holds that of ADMIN_PASSWORD" });
    expect(word).toMatchObject({ kind: "plain" });
  });

  it("make no secret of a name that is also used as a password", () =>
    expect(
      kinds(
        proposals([
          { name: "POSTGRES_PASSWORD", value: "postgres" },
          { name: "POSTGRES_USER", value: "postgres" },
        ]),
      ),
    ).toEqual({ POSTGRES_PASSWORD: "secret", POSTGRES_USER: "plain" }));
});

describe("the command line", () => {
  it("decides for its names, and the proposals for all others", async () =>
    expect(kinds(await decide(ALL, { secret: ["LOG_LEVEL"], plain: ["CACHE_KEY"] }, undefined, PATH))).toEqual({
      DB_PASSWORD: "secret",
      LOG_LEVEL: "secret",
      CACHE_KEY: "plain",
    }));

  it.each([
    [
      { secret: ["DB_PASWORD"], plain: [] },
      "--secret DB_PASWORD: the file has no such name; did you mean DB_PASSWORD?",
    ],
    [{ secret: [], plain: ["X"] }, "--plain X: the file has no such name"],
    [
      { secret: ["LOG_LEVEL"], plain: ["LOG_LEVEL"] },
      "LOG_LEVEL cannot be both --secret and --plain; keep one of them",
    ],
    [
      { secret: [], plain: ["LOG_LEVEL", "DB_PASSWORD"] },
      `--plain DB_PASSWORD would be readable by everybody who has the settings, and its name says so; make it a secret, or, if it is none, set it yourself: pulumi config set --path '${PATH}.DB_PASSWORD'`,
    ],
  ])("is refused for %j", (told, message) =>
    expect(() => checkTold(ALL, NAMES, told, PATH)).toThrow(expect.objectContaining({ message })),
  );
});

describe("a person", () => {
  it("is asked for each name that the command line does not decide, without its value", async () => {
    const { ask, questions } = person(undefined, "p");
    const choices = await decide(ALL, { secret: ["LOG_LEVEL"], plain: [] }, ask, PATH);
    expect(kinds(choices)).toEqual({ DB_PASSWORD: "secret", LOG_LEVEL: "secret", CACHE_KEY: "plain" });
    expect(questions).toEqual([
      "DB_PASSWORD (its name says so): secret, plain or leave it out? [secret]: ",
      "CACHE_KEY (its name says so): secret, plain or leave it out? [secret]: ",
    ]);
  });

  it("may leave a name out", async () =>
    expect(kinds(await decide(ALL, NOTHING, person("l", "leave it out", "s").ask, PATH))).toEqual({
      CACHE_KEY: "secret",
    }));

  it("is asked again where an answer would show a secret, or is none", async () => {
    const { ask, questions } = person("plain", "what?", "s");
    expect(kinds(await decide(ALL.slice(0, 1), NOTHING, ask, PATH))).toEqual({ DB_PASSWORD: "secret" });
    expect(questions[1]).toMatch(/^DB_PASSWORD would be readable by everybody/);
    expect(questions[2]).toMatch(/^Answer s, p or l\.\n/);
  });
});

describe("a name that has its value from elsewhere", () => {
  it.each([
    ["VERSION", {}],
    ["COMPOSE_PROJECT_NAME", {}],
    ["COMPOSE_FILE", {}],
    ["DATABASE_URL", { database: "postgres:17" }],
    ["REDIS_URL", { cache: "redis:7" }],
  ])("is left out: %s beside %j", (name, provided) =>
    expect(whyLeftOut(name, "shop", provided)).toEqual(expect.any(String)),
  );

  it.each([
    ["DATABASE_URL", { cache: "redis:7" }],
    ["REDIS_URL", { database: "postgres:17" }],
    ["COMPOSE_PROFILES", {}],
    ["APP_VERSION", {}],
  ])("is taken: %s beside %j", (name, provided) => expect(whyLeftOut(name, "shop", provided)).toBeUndefined());

  it("needs the declaration where that decides", () =>
    expect(["DATABASE_URL", "REDIS_URL", "VERSION"].map(dependsOnDeclaration)).toEqual([true, true, false]));

  it("cannot be called as no setting can", () =>
    expect([nameProblem("a.b"), nameProblem("A-B"), nameProblem("_a1")]).toEqual([
      expect.any(String),
      expect.any(String),
      undefined,
    ]));
});
