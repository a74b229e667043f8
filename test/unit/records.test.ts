import { describe, expect, expectTypeOf, it } from "vitest";
import { defined, mapValues, omit } from "../../components/shared/records.ts";

describe("fields that may be undefined", () => {
  it("are left out where they are, and only there", () =>
    expect(Object.entries(defined({ a: undefined, b: null, c: 0, d: "", e: false }))).toEqual([
      ["b", null],
      ["c", 0],
      ["d", ""],
      ["e", false],
    ]));

  it("are optional in the type of what is left", () =>
    expectTypeOf(defined({ a: "x", b: undefined as number | undefined })).toEqualTypeOf<
      { a: string } & { b?: number }
    >());
});

it("a record keeps each of its names while the values change, __proto__ too", () => {
  const names = ["b", "__proto__", "a"];
  const record = Object.fromEntries(names.map((name) => [name, 1]));
  expect(Object.entries(mapValues(record, (value, name) => `${name}${value}`))).toEqual(
    names.map((name) => [name, `${name}1`]),
  );
});

it("a copy without some fields leaves the record itself alone", () => {
  const record = { a: 1, b: 2, c: undefined };
  expect(Object.entries(omit(record, "a"))).toEqual([
    ["b", 2],
    ["c", undefined],
  ]);
  expect(Object.keys(record)).toEqual(["a", "b", "c"]);
});
