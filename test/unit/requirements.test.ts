/** docs/requirements: each line of the documents has what fulfils it, and a test that exists. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const FILES = globSync("docs/requirements/*.md").sort();
const text = (file: string): string => readFileSync(file, "utf8");

/** The cells of each row, without the table's head. */
const rowsOf = (file: string): string[][] =>
  text(file)
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\| (requirement|-+) /.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

it("there are some for several systems", () => expect(FILES.length).toBeGreaterThan(1));

describe.each(FILES)("%s", (file) => {
  const rows = rowsOf(file);

  it("has rows of three cells, each with the requirement and what shows it, or why nothing does", () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.length !== 3 || row[0] === "" || (row[1] === "" && row[2] === ""))).toEqual([]);
    const unseen = rows.filter(([, , shown]) => !/`(test|examples)\//.test(shown!));
    const reason = /\bnot\b|nothing|by reading|left out|GitHub's|an order of work/;
    expect(unseen.filter((row) => !reason.test(row.join(" ")))).toEqual([]);
  });

  it("names tests that exist", () => {
    const named = Array.from(text(file).matchAll(/`((?:test|examples)\/[^`\s]+\.\w+)`/g), ([, path]) => path!);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("leads somewhere", () => {
    const links = Array.from(text(file).matchAll(/\]\((?!https?:)([^)\s#]+)[^)]*\)/g), ([, path]) => path!);
    expect(links.filter((path) => !existsSync(join(dirname(file), path)))).toEqual([]);
  });
});
