import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromIssues, place } from "../../components/shared/issues.ts";

const schema = z.strictObject({
  name: z.string().optional(),
  ports: z.array(z.union([z.int(), z.string(), z.looseObject({ target: z.int() })])).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  deep: z.union([z.union([z.string(), z.null()]), z.record(z.string(), z.boolean())]).optional(),
  mode: z.enum(["a", "b"]).optional(),
});

const found = (value: unknown): string[] =>
  fromIssues(schema.safeParse(value).error?.issues ?? [], value).map(
    ({ path, message }) => `${place(path)}: ${message}`,
  );

describe("what zod finds is a sentence with the place, the value and the way out", () => {
  it.each<[unknown, string[]]>([
    [{ name: 5 }, ['name: 5 is a number; write it in quotes, like "5"']],
    [{ name: null }, ["name: is empty; write text"]],
    [{ name: ["a"] }, ["name: is a list; write text"]],
    [{ name: { a: 1 } }, ["name: is a map; write text"]],
    [{ ports: "80:80" }, ['ports: "80:80" is text; write a list, like ["80:80"]']],
    [{ ports: 80 }, ['ports: 80 is a number; write a list, like ["80"]']],
    [{ ports: true }, ["ports: true is true or false; write a list"]],
    [{ ports: [80.5] }, ["ports[0]: 80.5 is a number; write a whole number, text or a map"]],
    [{ ports: [80, [1]] }, ["ports[1]: is a list; write a number, text or a map"]],
    [{ ports: [{ target: "x" }] }, ['ports[0].target: "x" is text; write a number']],
    [{ ports: [{}] }, ["ports[0].target: is missing; write a number"]],
    [{ either: 5 }, ['either: 5 is a number; write text or a list, like ["5"]']],
    [
      { either: [5, "x", 6] },
      [
        'either[0]: 5 is a number; write it in quotes, like "5"',
        'either[2]: 6 is a number; write it in quotes, like "6"',
      ],
    ],
    [{ deep: 5 }, ["deep: 5 is a number; write text, nothing or a map"]],
    [{ deep: { "a b": 5 } }, ['deep["a b"]: 5 is a number; write true or false']],
    [{ mode: "c" }, ['mode: "c" is not allowed; write "a" or "b"']],
    [{ nmae: 1 }, ["nmae: is unknown"]],
    ["x", [': "x" is text; write a map']],
  ])("%j", (value, lines) => expect(found(value)).toEqual(lines));

  it("in the document's own words where it has any", () => {
    const value = { name: "planted", ports: "planted", nmae: 1 };
    const wording = {
      display: () => "(hidden)",
      unknownKey: (path: readonly PropertyKey[], key: string) => `${path.length} ${key}`,
      wrongType: (_: readonly PropertyKey[], __: unknown, expected: string[]) =>
        expected.includes("number") ? "own" : undefined,
    };
    const issues = schema.extend({ name: z.number() }).safeParse(value).error!.issues;
    expect(fromIssues(issues, value, wording)).toEqual([
      { path: ["name"], message: "own" },
      { path: ["ports"], message: "(hidden) is text; write a list" },
      { path: ["nmae"], message: "0 nmae" },
    ]);
  });
});
