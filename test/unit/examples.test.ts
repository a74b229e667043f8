/** The projects of examples/ are what their readers may copy: they load, are valid, and stay short. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { reportOf } from "../../cli/check/gather.ts";
import type { Report } from "../../cli/check/report.ts";
import { renderText } from "../../cli/check/text.ts";
import { type Example, infraOf, loadExample } from "../support/examples.ts";

const LINES = 40;

describe.each(readdirSync("examples").filter((name) => existsSync(infraOf(name))))("examples/%s", (name) => {
  let example: Example;
  let report: Report;

  beforeAll(async () => {
    example = await loadExample(name);
    report = await reportOf(example.stacks, { ...example, problems: [], notes: [], texts: {} });
  });

  it("declares its application in 40 lines beside the workflows", () => {
    const lines = readFileSync(join(infraOf(name), "apps", `${name}.ts`), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeLessThanOrEqual(LINES);
    expect(example.applications.map((one) => one.name)).toEqual([name]);
  });

  it("has settings and declarations that fit each other, in every environment", () => {
    expect(report.stacks.length).toBeGreaterThan(0);
    expect(
      report.stacks.flatMap(({ stack, problems }) => problems.map(({ message }) => `${stack}: ${message}`)),
    ).toEqual([]);
  });

  it("breaks no rule that would stop it", () => {
    const stopping = report.stacks.flatMap(({ findings }) => findings.filter(({ level }) => level === "mandatory"));
    expect(stopping, renderText(report, true)).toEqual([]);
  });
});
