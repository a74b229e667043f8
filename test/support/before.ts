/** The library of the version before, which test/fixtures/before/ keeps. */
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT, expectOk, run } from "./run.ts";

const FIXTURES = join(CHECKOUT, "test/fixtures/before");
/** Where a program finds the library that is unpacked beside it. */
export const LIBRARY_BEFORE = "./components/index.ts";

/** Unpacks the version before into a folder, with the checkout's dependencies. */
export async function unpackBefore(folder: string): Promise<void> {
  const archives = readdirSync(FIXTURES).filter((name) => name.endsWith(".tar.gz"));
  if (archives.length !== 1) throw new Error(`one archive is expected in ${FIXTURES}, not ${archives.length}`);
  expectOk(await run("tar", ["-xzf", join(FIXTURES, archives[0]!), "-C", folder]));
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
}

/**
 * Runs TypeScript with the modules of the version before and gives what it passes to `answer`.
 * @param folder where it was unpacked
 * @param program may import from "./components/…", and has `input`
 */
export async function askBefore(folder: string, program: string, input: unknown): Promise<unknown> {
  const text = `
import { readFileSync, writeSync } from "node:fs";
const input = JSON.parse(readFileSync(0, "utf8"));
const answer = (value) => writeSync(1, JSON.stringify(value));
${program}`;
  const args = ["--input-type=module-typescript", "--eval", text];
  const { stdout } = expectOk(await run(process.execPath, args, { cwd: folder, input: JSON.stringify(input) }));
  return JSON.parse(stdout);
}
