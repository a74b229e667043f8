/** What `slipway exec` and `slipway run` make of their words. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../cli/sessions/words.ts";
import { attachCommand, sessionCommand } from "../../components/protocol/commands.ts";
import { HOSTILE } from "../fixtures/hostile.ts";

describe("the words of a command line", () => {
  it.each<[string[], string[], object]>([
    [["exec", "shop"], [], {}],
    [["exec", "shop", "db"], ["db"], { service: "db" }],
    [["exec", "shop", "--", "ls", "-l"], ["ls", "-l"], { words: ["ls", "-l"] }],
    [["exec", "shop", "db", "--", "ls"], ["db", "ls"], { service: "db", words: ["ls"] }],
    [
      ["exec", "--host", "a", "shop", "--", "sh", "-c", "a -- b", "--"],
      ["sh", "-c", "a -- b", "--"],
      { words: ["sh", "-c", "a -- b", "--"] },
    ],
    [["exec", "shop", "--"], [], {}],
  ])("%j name a service before --, and what runs after it", (given, operands, words) =>
    expect(wordsOf(given, operands, "exec")).toEqual(words),
  );
  it("of which what runs stands before -- are refused with the right line", () =>
    expect(() => wordsOf(["run", "shop", "web", "env", "x"], ["web", "env", "x"], "run")).toThrow(
      "run: what is to run stands after --, like slipway run shop web -- env x",
    ));
});

describe("a host", () => {
  it("is asked for a session, and for its command, by one line each", () => {
    expect(sessionCommand("/opt", "exec", "shop", "web")).toBe("/opt/slipway/bin/slipway exec shop --service web");
    expect(sessionCommand("/opt", "run", "shop")).toBe("/opt/slipway/bin/slipway run shop");
    expect(attachCommand("/opt", "shop", "aB3dE6gH", ["sh", "-c", "echo $HOME"])).toBe(
      "/opt/slipway/bin/slipway attach shop --session aB3dE6gH -- sh -c 'echo $HOME'",
    );
  });
  it("gets the words as they are, whatever they hold", () => {
    const line = attachCommand("/opt", "shop", "aB3dE6gH", HOSTILE).replace(/^\S+/, "printf '%s\\0'");
    const words = execFileSync("bash", ["-c", line], { encoding: "utf8" }).split("\0").slice(0, -1);
    expect(words.slice(5)).toEqual(HOSTILE);
  });
  it.each(["../x", "a;b", ""])("is asked for no session %j, and for no service of that name", (wrong) => {
    expect(() => attachCommand("/opt", "shop", wrong, ["id"])).toThrow();
    expect(() => sessionCommand("/opt", "run", "shop", wrong)).toThrow();
  });
});
