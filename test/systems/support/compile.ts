/**
 * A stage of a Dockerfile whose base (a compiler's image) cannot be had here: its own commands are run with this
 * machine's tools, and what they leave in /out takes the stage's place.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../sandbox/run.ts";

export interface Stage {
  /** What it runs, in its order, a line each. */
  commands: string[];
  /** The file with another stage of that name, which has the folder `compiled` of the context. */
  replaced: string;
}

/** @throws Error if the file has no such stage */
export function stageOf(dockerfile: string, name: string): Stage {
  const blocks = dockerfile.split(/^(?=FROM )/m);
  const index = blocks.findIndex((block) => new RegExp(`^FROM \\S+ AS ${name}$`, "m").test(block));
  if (index < 0) throw new Error(`the Dockerfile has no stage ${name}`);
  const commands = blocks[index]!.replaceAll(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => /^RUN (.*)/.exec(line)?.[1] ?? []);
  blocks[index] = `FROM scratch AS ${name}\nCOPY compiled /\n\n`;
  return { commands, replaced: blocks.join("") };
}

/** Runs a stage in a folder with its sources, and gives the Dockerfile that takes what it left. */
export async function compileHere(
  dockerfile: string,
  name: string,
  folder: string,
  args: Record<string, string>,
): Promise<string> {
  const { commands, replaced } = stageOf(dockerfile, name);
  const out = join(folder, "compiled/out");
  await mkdir(out, { recursive: true });
  for (const command of commands)
    await run("sh", ["-euc", command.replaceAll(/(?<=[\s=])\/out\b/g, out)], {
      cwd: folder,
      env: { COMMIT: "unknown", ...args, GOFLAGS: "-buildvcs=false" },
    });
  return replaced;
}
