/** Recipes of the guides, as they stand there. */
import { readFileSync } from "node:fs";
import type { ApplicationSpec } from "../../components/application/declaration.ts";

const GUIDE = "docs/migrations.md";

/** Blocks of code of a section, by their language; of several in one language the last. */
export function blocksOf(heading: string, guide = GUIDE): Record<string, string> {
  const section = readFileSync(guide, "utf8")
    .split(/^##+ /m)
    .find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${guide} has no section ${heading}`);
  const blocks = section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return Object.fromEntries(Array.from(blocks, ([, language, code]) => [language!, code!]));
}

/** What a section declares. */
export function recipeOf(heading: string): Partial<ApplicationSpec> {
  return new Function(`return {${blocksOf(heading).ts}}`)() as Partial<ApplicationSpec>;
}
