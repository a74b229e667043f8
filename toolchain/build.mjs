/**
 * Builds the package: `dist/` gets the library and the command as JavaScript with their types, and the host's scripts.
 * npm runs it as `prepare`: in a clone, for a Git URL, and before it packs. JavaScript, as it runs on any Node.
 */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SCRIPTS = "components/host/scripts";

/** Where the compiler is; undefined without the development packages, as after `npm ci --omit=dev`. */
function compiler() {
  try {
    return createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
  } catch {
    return undefined;
  }
}

/** The program at the top runs from its sources, so it can do without a package; who packs one cannot. */
const isOptional = ["ci", "install"].includes(process.env.npm_command ?? "");

const tsc = compiler();
if (tsc === undefined) {
  if (!isOptional) console.error("the TypeScript compiler is not installed; run npm ci, without --omit=dev");
  process.exit(isOptional ? 0 : 1);
}
rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
cpSync(root + SCRIPTS, `${root}dist/${SCRIPTS}`, { recursive: true });

const dist = `${root}dist/components`;
const { pack, readScripts } = await import(pathToFileURL(`${dist}/host/install.js`));
writeFileSync(`${dist}/host/packed.json`, JSON.stringify(pack(readScripts())));

// Every preview loads the library: one file takes half the time of two hundred. What reads files beside itself stays apart.
const { build } = await import("rolldown");
await build({
  input: `${dist}/library.js`,
  platform: "node",
  external: [/^@pulumi\//, /^ssh2$/, /\/host\/install\.js$/],
  output: { dir: dist, entryFileNames: "library.js", chunkFileNames: "library/[name].js" },
  logLevel: "warn",
});
