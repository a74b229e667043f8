/** Writes the diagram of docs/protocol.md: node test/support/model/writeProtocol.ts */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { diagram, edges } from "./diagram.ts";

export const PAGE = "docs/protocol.md";

/** The page with the diagram that the model gives. */
export const withDiagram = (page: string): string =>
  page.replace(/```mermaid\n[\s\S]*?\n```/, () => `\`\`\`mermaid\n${diagram(edges())}\n\`\`\``);

if (import.meta.url === pathToFileURL(process.argv[1]!).href)
  writeFileSync(PAGE, withDiagram(readFileSync(PAGE, "utf8")));
