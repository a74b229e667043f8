/** docs/migrations.md: what it declares has no problems, and its code is what the tests migrationTools run. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";
import { blocksOf, recipeOf } from "../support/recipes.ts";

const text = (path: string): string => readFileSync(`test/fixtures/migrations/${path}`, "utf8");

test.each(["alembic", "Django", "A Go program with its migrations embedded", "SQL files and psql"])(
  "the recipe %s says how to go on, how to go back and how far, without a problem",
  (heading) => {
    const { migration } = recipeOf(heading);
    expect(Object.keys(migration!).sort()).toEqual(["down", "revision", "up"]);
    expect(problemsOf({ ...SIMPLEST, migration: migration! })).toEqual([]);
  },
);

test("the recipe for a backup has no problem", () =>
  expect(problemsOf({ ...SIMPLEST, ...recipeOf("A backup that is restored") })).toEqual([]));

test.each([
  ["Django", "python", "django/1.0.0/visits/management/commands/schema.py"],
  ["SQL files and psql", "sh", "psql/1.0.0/migrate"],
])("the code of the recipe %s is tried as it is", (heading, language, path) =>
  expect(blocksOf(heading)[language]).toBe(text(path)),
);

test("the code of the recipe for a Go program is a part of one that is tried", () =>
  expect(text("goose/1.0.0/main.go")).toContain(blocksOf("A Go program with its migrations embedded").go));
