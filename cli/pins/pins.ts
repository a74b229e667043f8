/** Takes pins that somebody raised in a checkout's generated workflows over into the declaration. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { shapeProblems } from "../../components/github/repository/shape.ts";
import { workflowsIn } from "../../components/github/repository/targets.ts";
import type { PinOverrides } from "../../components/github/workflows/actions.ts";
import { workflowsOf } from "../../components/github/workflows/index.ts";
import { declarationOf } from "../declarations.ts";
import { takeOver } from "./takeOver.ts";
import { usedPins } from "./used.ts";

/**
 * @param check only says what would change, and writes nothing
 * @returns whether the file of pins changed, or would
 * @throws Error if there is no such repository, no generated workflow in the checkout, or a pin that is none
 */
export async function pins(repository: string, from: string, check: boolean): Promise<boolean> {
  const spec = await declarationOf(repository);
  const misshapen = shapeProblems(spec);
  if (misshapen.length > 0) throw new Error(misshapen.join("\n"));
  const { pins: used, unknown, problems } = usedPins(readWorkflows(workflowsOf(workflowsIn(spec) ?? {}), from));
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const file = resolve("repositories", `${repository}.pins.json`);
  const { pins: taken, changes, notes } = takeOver(used, spec.workflows?.actions ?? {}, readPins(file));
  for (const change of changes) say(`${check ? "differs" : "written"}: ${change}`);
  for (const note of notes) say(`not taken: ${note}`);
  for (const action of unknown) say(`ignored: ${action}, which no generated workflow uses`);
  if (changes.length === 0 && notes.length === 0) say("all pins are as declared");
  if (changes.length > 0 && !check) replace(file, `${JSON.stringify(taken, null, 2)}\n`);
  if (Object.keys(taken).length > 0) tellUse(repository);
  return changes.length > 0;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Texts by path. */
function readWorkflows(workflows: { name: string }[], from: string): Record<string, string> {
  const paths = workflows
    .map(({ name }) => `.github/workflows/${name}.yml`)
    .filter((path) => existsSync(join(from, path)));
  if (paths.length === 0)
    throw new Error(
      `${from} has none of the workflows that the declaration generates; name their checkout with --from`,
    );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(from, path), "utf8")]));
}

function readPins(file: string): PinOverrides {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as PinOverrides;
  } catch (error) {
    throw new Error(`${file} is not JSON (${(error as Error).message}); mend it, or delete it to write it anew`);
  }
}

function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

/** A declaration is a program that nothing but its author changes. */
function tellUse(repository: string): void {
  const name = `${repository}.pins.json`;
  if (readFileSync(resolve("repositories", `${repository}.ts`), "utf8").includes(name)) return;
  say(`add to repositories/${repository}.ts, the second in \`workflows\`:`);
  say(`  import pins from "./${name}" with { type: "json" };`);
  say("  actions: pins,");
}
