/** What the `slipway` command says of words that it cannot follow. */
import { describe, expect, it, vi } from "vitest";
import { main } from "../../cli/main.ts";

/** The exit code, and what it says on standard error. */
async function told(...words: string[]): Promise<[number, string]> {
  let said = "";
  const error = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  const code = await main(words);
  error.mockRestore();
  return [code, said];
}

describe("the command", () => {
  it.each([
    [["fly"], "unknown command 'fly'\n  more: slipway --help"],
    [["fles"], "unknown command 'fles'\n(Did you mean files?)\n  more: slipway --help"],
    [
      ["files"],
      "files: missing required argument 'repository'\n  like: slipway files shop\n  more: slipway files --help",
    ],
    [["files", "a", "b"], /^files: too many arguments .* got 2: a, b\n {2}like: slipway files shop\n/],
    [
      ["badges", "own"],
      /^badges: required option '--repository <owner\/name>' not specified\n {2}like: slipway badges shop --repository anna\/shop\n/,
    ],
    [["badges", "own", "--repository", "a/b", "--check"], /^badges: unknown option '--check'\n/],
    [["import"], /^import: missing required argument 'file'\n {2}like: slipway import \.\.\/\.env\n/],
    [["import", "a.env", "--check"], /^import: unknown option '--check'\n/],
    [["check", "prod"], /^check: too many arguments .*\n {2}like: slipway check --stack prod\n/],
    [["check", "--yes"], /^check: unknown option '--yes'\n/],
    [["status", "prod"], /^status: too many arguments .*\n {2}like: slipway status\n/],
    [["history", "shop", "blog"], /^history: too many arguments .*\n {2}like: slipway history\n/],
    [["history", "--limit", "0"], '--limit: "0" is no number of deployments; write a whole number from 1 on, like 20'],
    [["history", "Shop"], '"Shop" is no name of an application; write one like "shop"'],
    [["logs", "shop", "--tail"], /^logs: unknown option '--tail'\n/],
    [["logs", "--since", "soon"], '--since: "soon" is no age; write a number and a unit (s, m, h, d), like 10m'],
    [
      ["logs", "--grep", "("],
      /^--grep: Invalid regular expression: .*; write a regular expression like "error\|warn"$/,
    ],
    [["logs", "shop", "a;b"], '"a;b" is no name of a service; write one like web'],
    [["exec"], /^exec: missing required argument 'application'\n {2}like: slipway exec shop\n/],
    [["exec", "shop", "web", "ls"], "exec: what is to run stands after --, like slipway exec shop web -- ls"],
    [["exec", "shop", "a;b", "--", "ls"], '"a;b" is no name of a service; write one like web'],
    [["run", "shop"], "run: name what is to run, after --, like slipway run shop -- env"],
    [["run", "shop", "--yes", "--", "env"], /^run: unknown option '--yes'\n/],
    [["prune", "shop", "--json"], "prune: --json asks nothing, so give --plan or --yes with it"],
    [["prune", "shop"], "there is no terminal to ask at; give --yes to remove it, or --plan to see it alone"],
    [
      ["maintenance", "on"],
      /^maintenance on: missing required argument 'application'\n {2}like: slipway maintenance on shop\n/,
    ],
    [["maintenance", "off", "shop", "--message", "x"], /^maintenance off: unknown option '--message'\n/],
    [["doctor", "prod"], /^doctor: too many arguments .*\n {2}like: slipway doctor\n/],
    [["upgrade"], /^upgrade: missing required argument 'from'\n {2}like: slipway upgrade \.\.\/slipway-1\.2\.0\.tgz\n/],
    [["init", "a", "b"], /^init: too many arguments .*\n {2}like: slipway init infra\n/],
    [["init", "--user"], /^init: option '--user <user>' argument missing\n/],
    [["init", "--template", "--name", "x"], "a template answers nothing, so leave out --name"],
  ])("refuses %j with its reason and 2", async (words, reason) => {
    const [code, said] = await told(...words);
    expect(code).toBe(2);
    const message = said.replace(/^slipway: /, "").trimEnd();
    if (typeof reason === "string") expect(message).toBe(reason);
    else expect(message).toMatch(reason);
  });
});
