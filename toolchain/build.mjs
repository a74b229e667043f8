/**
 * Builds the package: `dist/`, or the folder that is named, gets the library and the command as JavaScript with their
 * types, the host's scripts and the policy pack.
 * npm runs it as `prepare`: in a clone, for a Git URL, and before it packs. JavaScript, as it runs on any Node.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(root, process.argv[2] ?? "dist");
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
rmSync(out, { recursive: true, force: true });
const flags = ["-p", "tsconfig.build.json", "--outDir", out];
const { status } = spawnSync(process.execPath, [tsc, ...flags], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
cpSync(join(root, SCRIPTS), join(out, SCRIPTS), { recursive: true });

for (const file of ["PulumiPolicy.yaml", "package.json"])
  cpSync(join(root, "policies", file), join(out, "policies", file));
const entry = readFileSync(join(root, "policies/index.js"), "utf8");
writeFileSync(join(out, "policies/index.js"), entry.replaceAll(/\.ts";$/gm, '.js";'));

const components = join(out, "components");
const { pack, readScripts } = await import(pathToFileURL(join(components, "host/install.js")));
writeFileSync(join(components, "host/packed.json"), JSON.stringify(pack(readScripts())));

// Every preview loads the library: one file takes half the time of two hundred. What reads files beside itself stays apart.
const { build } = await import("rolldown");
await build({
  input: join(components, "library.js"),
  platform: "node",
  external: [/^@pulumi\//, /^ssh2$/, /\/host\/install\.js$/],
  output: { dir: components, entryFileNames: "library.js", chunkFileNames: "library/[name].js" },
  logLevel: "warn",
});
