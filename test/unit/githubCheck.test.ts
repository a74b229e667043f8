import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { differences, shapeDifferences } from "../github/compare.ts";
import type { Gh } from "../github/gh.ts";
import { BadUsage, optionsOf } from "../github/options.ts";
import { Recorder } from "../github/record.ts";
import { Report } from "../github/report.ts";
import { cleanUp } from "../github/steps/cleanUp.ts";

const TOKENS = { GITHUB_TOKEN: "ghp_one", GITHUB_WRITER_TOKEN: "ghp_two" };

describe("options of the check of GitHub", () => {
  test("take tokens from the environment alone", () => {
    expect(optionsOf(["--owner", "anna"], TOKENS)).toMatchObject({
      owner: "anna",
      url: undefined,
      minutes: 15,
      token: "ghp_one",
      writerToken: "ghp_two",
    });
  });
  test("give nothing for a question", () => {
    expect(optionsOf(["--help"], {})).toBeUndefined();
  });
  test.each([
    [[], TOKENS, "--owner is missing"],
    [["--owner", "anna/shop"], TOKENS, "--owner is missing, or no name"],
    [["--owner", "anna"], {}, "GITHUB_TOKEN is not set"],
    [["--owner", "anna"], { GITHUB_TOKEN: "a", GITHUB_WRITER_TOKEN: "a" }, "the administrator's own"],
    [["--owner", "anna", "--minutes", "0"], TOKENS, "--minutes 0"],
    [["--owner", "anna", "--visibility", "internal"], TOKENS, "--visibility internal"],
    [["--owner", "anna", "--plan", "gold"], TOKENS, "--plan gold"],
    [["--owner", "anna", "--url", "http://x"], TOKENS, "must end with a slash"],
    [["--token", "x"], TOKENS, "Unknown option"],
  ])("refuse %j", (args, env, message) => {
    expect(() => optionsOf(args, env)).toThrow(BadUsage);
    expect(() => optionsOf(args, env)).toThrow(message);
  });
});

describe("a report", () => {
  test("shows no hidden value, and counts by outcome", () => {
    const lines: string[] = [];
    const report = new Report(["ghp_one", undefined], (line) => lines.push(line));
    report.begin("1. First");
    report.compare("a", "x", "ghp_one", true);
    report.compare("b", "x", "ghp_one", false);
    report.row("c", "the plan lacks it", "no");
    expect(lines.join("\n")).toBe(
      "\n1. First\n  pass               a: ***\n  fail               b: expected x; saw ***\n  the plan lacks it  c: no",
    );
    expect(report.summary).toBe("1 passed, 1 failed, 1 lacking in the plan, 0 not tried");
  });
});

test("differences name the place, and leave alone what is not declared", () => {
  expect(differences({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3] }, more: true })).toEqual([
    "b.c[1] is 3, not 2",
  ]);
  expect(differences([1], [1, 2])).toEqual(["it is [1,2], not [1]"]);
});

test("shapes differ by missing fields and other types, not by values, nulls and lengths", () => {
  expect(shapeDifferences({ a: 1, b: [{ c: "x" }], d: null }, { a: 2, b: [{ c: "y" }, {}], d: "z", e: 1 })).toEqual([]);
  expect(shapeDifferences({ a: 1, b: [{ c: "x" }] }, { a: "2", b: [{}] })).toEqual([
    "body.a is a string, not a number",
    "body.b[].c is missing",
  ]);
});

test("a record has no names, numbers, addresses, times, keys and tokens, and each kind of answer once", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-record-"));
  const recorder = new Recorder(folder, { anna: "OWNER", "slipway-check-1a": "REPOSITORY" });
  const sha = "a".repeat(40);
  const body = {
    id: 123,
    node_id: "R_kg1",
    full_name: "anna/slipway-check-1a",
    description: `slipway-check-1a, ghp_secret1, ${sha}`,
    owner: { login: "anna" },
    other: { login: "bob" },
    author: { name: "Anna Karenina", email: "anna@example.org", date: "2026-11-27T18:00:00Z" },
    key: "ssh-ed25519 AAAA",
    html_url: "https://github.com/anna",
    total_count: 4,
  };
  const path = `/repos/anna/slipway-check-1a/rulesets/77?per_page=5`;
  recorder.add({ method: "GET", path, status: 200, body });
  recorder.add({ method: "GET", path: path.replace("77", "78"), status: 200, body: {} });
  recorder.add({ method: "GET", path: "/user", status: 200, body });
  expect(readdirSync(folder)).toEqual(["GET-repos-OWNER-REPOSITORY-rulesets-1-200.json"]);
  expect(JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), "utf8"))).toEqual({
    method: "GET",
    path: "/repos/OWNER/REPOSITORY/rulesets/1",
    status: 200,
    body: {
      id: 1,
      node_id: "NODE_ID",
      full_name: "OWNER/REPOSITORY",
      description: "REPOSITORY, TOKEN, SHA",
      owner: { login: "OWNER" },
      other: { login: "SOMEONE" },
      author: { name: "Someone", email: "someone@example.com", date: "2026-01-01T00:00:00Z" },
      key: "TEXT",
      html_url: "https://example.com/",
      total_count: 4,
    },
  });
  rmSync(folder, { recursive: true });
});

describe("the end of a check", () => {
  /** A GitHub with one repository. @returns what was asked */
  function fake(repository: object | undefined, deletes = 204): { gh: Gh; asked: string[] } {
    const asked: string[] = [];
    let there = repository;
    const ask = async (method: string) => {
      asked.push(method);
      if (method === "DELETE" && deletes === 204) there = undefined;
      const status = method === "DELETE" ? deletes : there ? 200 : 404;
      return { status, body: there, said: String(status) };
    };
    return { gh: { ask } as unknown as Gh, asked };
  }
  const end = async (repository: object | undefined, deletes?: number) => {
    const { gh, asked } = fake(repository, deletes);
    const report = new Report([], () => undefined);
    await cleanUp(report, gh, "/repos/anna/slipway-check-1a", "slipway-check-1a");
    return { asked, row: report.rows[0]! };
  };

  test("deletes what bears the marker in name and description", async () => {
    const { asked, row } = await end({ name: "slipway-check-1a", description: "slipway-check-1a: a check" });
    expect(asked).toEqual(["GET", "DELETE", "GET"]);
    expect(row.outcome).toBe("pass");
  });
  test.each([
    { name: "shop", description: "slipway-check-1a: a check" },
    { name: "slipway-check-1a", description: "somebody's own" },
    { name: "slipway-check-1a", description: null },
  ])("leaves %j alone, and says so", async (repository) => {
    const { asked, row } = await end(repository);
    expect(asked).toEqual(["GET"]);
    expect(row).toMatchObject({ outcome: "fail", detail: expect.stringContaining("it is not touched") });
  });
  test("says what is left when GitHub refuses to delete it", async () => {
    const { row } = await end({ name: "slipway-check-1a", description: "slipway-check-1a" }, 403);
    expect(row).toMatchObject({
      outcome: "fail",
      detail: "anna/slipway-check-1a may be left: 403; delete it by hand",
    });
  });
  test("has nothing to do where no repository was made", async () => {
    expect((await end(undefined)).row.outcome).toBe("pass");
  });
});
