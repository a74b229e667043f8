/** Secrets within other variables, and the address of the database. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { problemsOf, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const secrets = { DB_PASSWORD: 'p$1"x', KEY: "k" };
const WEB = SIMPLEST.services!.web!;

describe("${NAME} of a secret in a variable", () => {
  const environment = {
    URL: "postgres://u:${DB_PASSWORD}@db/${KEY}",
    PLAIN: "costs $5, $${KEY}, ${OTHER}, $KEY and $$",
  };
  const files = (more: Partial<ApplicationSpec>, given = {}) =>
    releaseOf({ ...SIMPLEST, ...more }, { secrets, ...given }).files;
  const of = (text: string, service: string) => parse(text).services[service].environment;

  it.each([
    ["the application's", { environment }, {}],
    ["a service's", { services: { web: { ...WEB, environment } } }, {}],
    ["the settings'", {}, { settings: { environment } }],
  ])("is left to Compose, and every other dollar means itself: %s", (_, more, given) => {
    expect(of(files(more, given)["compose.yaml"], "web")).toMatchObject({
      URL: "postgres://u:${DB_PASSWORD}@db/${KEY}",
      PLAIN: "costs $$5, $${KEY}, $${OTHER}, $$KEY and $$$$",
    });
  });

  it("of an accessory is given to it alone", () => {
    const services = { web: WEB, db: { image: "kv:1", environment: { ROOT: "${DB_PASSWORD}" } } };
    const text = files({ services })["compose.yaml"];
    expect(of(text, "db")).toEqual({ ROOT: "${DB_PASSWORD}" });
  });

  it("beside a Compose file is its value in the release's .env, which the file reads", () => {
    const compose = "services: {web: {image: ghcr.io/anna/shop, environment: {URL: '${URL}'}}}";
    const text = files({ compose: "compose.yaml", services: { web: { port: 1 } }, environment }, { compose })[".env"];
    expect(text).toContain('URL="postgres://u:p\\$1\\"x@db/k"\n');
    expect(text).toContain('PLAIN="costs \\$5, \\${KEY}, \\${OTHER}, \\$KEY and \\$\\$"\n');
  });

  it("may be the address of the database", () =>
    expect(
      of(
        releaseOf(
          { ...SIMPLEST, database: "postgres:15", environment: { DSN: "${DATABASE_URL}&x=1" } },
          { secrets: { DATABASE_PASSWORD: "p" } },
        ).files["compose.yaml"],
        "web",
      ),
    ).toMatchObject({ DSN: "${DATABASE_URL}&x=1" }));
});

describe("the address of the database", () => {
  const spec: ApplicationSpec = { ...SIMPLEST, database: "postgres:15" };
  const given = { secrets: { DATABASE_PASSWORD: "p@$&/" } };

  it("follows the template, with the password as an address has it", () =>
    expect(
      releaseOf({ ...spec, databaseUrl: "postgresql+asyncpg://app:{password}@db:5432/app" }, given).files[".env"],
    ).toContain('DATABASE_URL="postgresql+asyncpg://app:p%40%24%26%2F@db:5432/app"\n'));

  it.each([
    [
      "without a database",
      { ...SIMPLEST, databaseUrl: "x://{password}" },
      'databaseUrl: "x://{password}" is of a database that is not declared',
    ],
    [
      "without a place for the password",
      { ...spec, databaseUrl: "x://app:hunter2@db" },
      "databaseUrl: has no {password}",
    ],
    [
      "beside a Compose file",
      { ...SIMPLEST, compose: "compose.yaml", database: "postgres:15", databaseUrl: "x://{password}" },
      'databaseUrl: "x://{password}" does nothing beside a Compose file',
    ],
  ])("is refused %s", (_, wrong, message) => {
    const problems = problemsOf(wrong, { ...given, compose: "services: {web: {image: ghcr.io/anna/shop}}" }).join("\n");
    expect(problems).toContain(message);
    expect(problems).not.toContain("hunter2");
  });
});
