import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policiesPage } from "../../components/policies/docs.ts";
import type { ServiceRule } from "../../components/policies/rule.ts";
import { RULES } from "../../components/policies/rules.ts";
import { ownManifest } from "../../components/shared/ownPackage.ts";
import { z } from "../../components/shared/zod.ts";

describe("docs/policies.md", () => {
  const page = readFileSync("docs/policies.md", "utf8");
  it("is what the rules give (node components/policies/writeDocs.ts)", () =>
    expect(page).toBe(policiesPage(ownManifest().name)));

  it("has a section of its own for every rule, at the anchor that is its id", () => {
    const headings = Array.from(page.matchAll(/^### (.+)$/gm), ([, id]) => id);
    expect(headings.sort()).toEqual([...RULES.map(({ id }) => id), "exemption"].sort());
    expect(new Set(headings).size).toBe(headings.length);
  });

  it("has a rule's title, severity, reason, remedy, settings and equivalents", () => {
    const rule: ServiceRule = {
      id: "cold-tea",
      subject: "application",
      severity: "high",
      title: "Tea is hot",
      reason: "Cold tea is no tea.",
      remedy: "heat it | now",
      known: ["ISO 3103"],
      settings: z.object({
        degrees: z.number().default(80).describe("How hot it is at least"),
        cups: z.array(z.string()).optional().describe("Those that count"),
      }),
      service: () => [],
    };
    const [section] = policiesPage("x", [rule]).split("### cold-tea\n")[1]!.split("\n## ");
    expect(section!.trim().split("\n\n")).toEqual([
      "**Tea is hot.** Severity high: stops an update of a protected environment.",
      "Cold tea is no tea.",
      "What to do: Heat it | now.",
      "Others that ask for it: ISO 3103.",
      [
        "| setting | default | what |",
        "| --- | --- | --- |",
        "| `degrees` | `80` | How hot it is at least |",
        "| `cups` | none | Those that count |",
      ].join("\n"),
    ]);
  });

  it("says of a rule that needs a look who judges it", () => {
    const rule = { ...RULES.find((one) => "whole" in one)!, id: "looking", needs: "what the hosts run" };
    expect(policiesPage("x", [rule])).toContain("Needs what the hosts run: only a preview and an update judge it");
  });
});
