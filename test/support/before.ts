/** The library of the version before, which test/fixtures/before/ keeps. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
 * The package that the version before would have been, with its library and host's scripts.
 * @param into where the tarball comes to
 * @returns the tarball
 */
export async function packBefore(into: string): Promise<string> {
  const folder = join(into, "before");
  const scripts = "components/host/scripts";
  mkdirSync(folder);
  await unpackBefore(folder);
  const { name, dependencies } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8"));
  const main = { types: "./dist/components/index.d.ts", default: "./dist/components/index.js" };
  const manifest = {
    name,
    version: "0.0.1",
    type: "module",
    exports: { ".": main },
    files: ["dist", "CHANGELOG.md"],
    dependencies,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n");
  for (const file of ["tsconfig.json", "tsconfig.build.json"]) copyFileSync(join(CHECKOUT, file), join(folder, file));
  expectOk(
    await run(process.execPath, [join(CHECKOUT, "node_modules/typescript/lib/tsc.js"), "-p", "tsconfig.build.json"], {
      cwd: folder,
    }),
  );
  cpSync(join(folder, scripts), join(folder, "dist", scripts), { recursive: true });
  expectOk(await run("npm", ["pack", "--pack-destination", into], { cwd: folder }));
  return join(into, `${name.replace("@", "").replace("/", "-")}-0.0.1.tgz`);
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
