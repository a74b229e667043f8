/** The recipes of docs/migrations.md, as they stand there. */
import { readFileSync } from "node:fs";
import type { ApplicationSpec } from "../../components/application/declaration.ts";

const GUIDE = "docs/migrations.md";

/** Blocks of code of a section, by their language. */
export function blocksOf(heading: string): Record<string, string> {
  const section = readFileSync(GUIDE, "utf8")
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${GUIDE} has no section ${heading}`);
  const blocks = section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return Object.fromEntries(Array.from(blocks, ([, language, code]) => [language!, code!]));
}

/** What a section declares. */
export function recipeOf(heading: string): Partial<ApplicationSpec> {
  return new Function(`return {${blocksOf(heading).ts}}`)() as Partial<ApplicationSpec>;
}
