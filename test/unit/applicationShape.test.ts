/** What a declaration may be at all: written in JavaScript, or past the compiler, it can be anything. */
import { describe, expect, it } from "vitest";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const problems = (more: object): string[] => problemsOf({ ...SIMPLEST, ...more } as typeof SIMPLEST);
const web = (more: object): object => ({ services: { web: { port: 8000, ...more } } });

describe("a key that nobody reads is refused", () => {
  it.each<[string, object]>([
    ['migraton: is nothing that can be declared here; did you mean "migration"?', { migraton: ["x"] }],
    ['services.web.helth: is nothing that can be declared here; did you mean "health"?', web({ helth: "/" })],
    [
      'services.web.health.intervall: is nothing that can be declared here; did you mean "interval"?',
      web({ health: { intervall: "1s" } }),
    ],
    [
      'verification.cheks: is nothing that can be declared here; did you mean "checks"?',
      { verification: { cheks: ["/"] } },
    ],
    [
      'verification.version.feld: is nothing that can be declared here; did you mean "field"?',
      { verification: { version: { path: "/", feld: "x" } } },
    ],
    [
      'migration.timout: is nothing that can be declared here; did you mean "timeout"?',
      { migration: { command: ["x"], timout: "1s" } },
    ],
    [
      'migration.dwn: is nothing that can be declared here; did you mean "down"?',
      { migration: { up: ["x"], dwn: ["y"] } },
    ],
    [
      "migration.x: is nothing that can be declared here; known: up, down, revision, compatible, service, timeout",
      { migration: { up: ["x"], x: ["y"] } },
    ],
    [
      'backup.restor: is nothing that can be declared here; did you mean "restore"?',
      { backup: { command: ["x"], restor: ["y"] } },
    ],
    ['preflight.windw: is nothing that can be declared here; did you mean "window"?', { preflight: { windw: {} } }],
    [
      'build.contxt: is nothing that can be declared here; did you mean "context"?',
      { build: { context: ".", contxt: "" } },
    ],
    ["transform.x: is nothing that can be declared here; known: compose, route, command", { transform: { x: 1 } }],
  ])("%s", (message, more) => expect(problems(more)).toEqual([`apps: shop.${message}`]));
});

describe("a value of a wrong type ends in a sentence:", () => {
  it.each<[string, object]>([
    ['domain: 5 is a number; write text or a list, like ["5"]', { domain: 5 }],
    ['migration: "migrate" is text; write a list or a map, like ["migrate"]', { migration: "migrate" }],
    ['migration.up: "x" is text; write a list, like ["x"]', { migration: { up: "x" } }],
    ['migration.compatible: "no" is text; write true or false', { migration: { up: ["x"], compatible: "no" } }],
    ["backup: is a list; write a map", { backup: ["dump"] }],
    ["services: is a list; write a map", { services: [] }],
    ["services.web: is empty; write a map", { services: { web: null } }],
    ['services.web.port: "8000" is text; write a number', { services: { web: { port: "8000" } } }],
    ['services.web.secrets: "KEY" is text; write a list, like ["KEY"]', web({ secrets: "KEY" })],
    ["services.web.health: is a list; write text or a map", web({ health: [] })],
    ['verification: "/" is text; write a map', { verification: "/" }],
    ['verification.checks: "/" is text; write a list, like ["/"]', { verification: { checks: "/" } }],
    ["verification.login.password: is missing; write a map", { verification: { login: { user: "anna" } } }],
    [
      "verification.headers.X-A: (a hidden value) is a number; write text or a map",
      { verification: { headers: { "X-A": 5 } } },
    ],
    ['hold: 5 is a number; write it in quotes, like "5"', { hold: 5 }],
    ['transform.route: "x" is not a function; write one', { transform: { route: "x" } }],
  ])("%s", (message, more) => expect(problems(more)).toEqual([`apps: shop.${message}`]));
  it("all at once", () => expect(problems({ hold: 5, migraton: [], ...web({ port: "1" }) })).toHaveLength(3));
});

it("a declaration that leaves things open by undefined is taken", () =>
  expect(problems({ database: undefined, verification: { version: undefined }, transform: {} })).toEqual([]));
