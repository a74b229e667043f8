/** The model (test/support/model/) and the host scripts have the same calls in the same order. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CALLS, WITHOUT_EFFECT } from "../support/model/calls.ts";
import { COMMANDS, callsIn, functions } from "../support/model/scripts.ts";
import { PAGE, withDiagram } from "../support/model/writeProtocol.ts";

describe.each(Object.entries(CALLS))("%s", (name, calls) => {
  test("has the calls of its script in the same order", () => expect(callsIn(name)).toEqual(calls));
});

test("each call is a function of the scripts, or a command that the reader of the scripts names", () => {
  const names = [...Object.values(CALLS).flat(), ...WITHOUT_EFFECT].map((call) => call.split(" ")[0]!);
  const commands = COMMANDS.map(([, word]) => word.split("\n")[0]!);
  expect(names.filter((name) => !functions.has(name) && !commands.includes(name))).toEqual([]);
});

test("docs/protocol.md draws the states that the model has", () => {
  const page = readFileSync(PAGE, "utf8");
  expect(page).toBe(withDiagram(page));
});
