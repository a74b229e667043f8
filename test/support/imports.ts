/** Reads the imports of the project's own sources. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** TypeScript sources of the project, fixtures aside, by path. */
export const sources = (): string[] =>
  globSync(["*.ts", "{apps,components,policies,repositories,cli,examples,sandbox,toolchain,test}/**/*.ts"], {
    exclude: ["**/node_modules/**", "test/fixtures/**/*.snap"],
  }).sort();

/** What a file imports, types included: packages by name, files by path from the project's folder. */
export function importsOf(path: string): string[] {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /^(?:import|export)\s(?:[^;'"]*?\bfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)|\bmock\("([^"]+)"/gm,
  );
  return Array.from(found, ([, plain, dynamic, mocked]) => (plain ?? dynamic ?? mocked)!).map((name) =>
    name.startsWith(".") ? normalize(join(dirname(path), name)) : name,
  );
}

/**
 * Groups of files that import each other, each sorted. Tarjan's algorithm
 * (https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm).
 */
export function circles(graph: Record<string, string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    stack.push(node);
    for (const next of graph[node] ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node)).sort();
    if (group.length > 1 || graph[node]?.includes(node)) found.push(group);
  };
  for (const node of Object.keys(graph)) if (!order.has(node)) visit(node);
  return found;
}
