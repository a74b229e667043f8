import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderOf, names, rendered } from "../support/corpus.ts";

describe("the corpus of Compose files", () => {
  it("has at least sixty, each with a declaration", () => {
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(readdirSync(folderOf(".")).sort()).toEqual([...names].sort());
  });

  it.each(names)("is taken unedited, and renders what is kept beside the file: %s", async (name) => {
    const { plan, release } = rendered(name);
    const warnings = plan.warnings.map((line) => `# ${line}\n`).join("");
    const text = `${warnings}${release.files["compose.yaml"]}---\n${release.files["manifest.json"]}`;
    await expect(text).toMatchFileSnapshot(`${folderOf(name)}/release.yaml`);
  });
});
