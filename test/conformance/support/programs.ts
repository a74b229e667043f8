import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const versions = { command: "1.2.1", docker: "5.2.0", github: "6.15.0" };
export type PluginName = keyof typeof versions;
const others: PluginName[] = ["command", "docker"];
const languageHost = "pulumi-language-nodejs";
const pulumiVersion = "3.250.0";

const home = (): string => process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
/** The folder of `script/test conformance --plugins`. */
const given = (): string | undefined => process.env.SLIPWAY_PLUGINS || undefined;

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
const newestFirst = (some: string[]): string[] => some.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));

/** A plugin's program in a folder of programs, in one of `resource-NAME-vX` folders, or in a PULUMI_HOME. */
function pluginIn(folder: string, name: PluginName): string | undefined {
  const program = `pulumi-resource-${name}`;
  const kept = (plugins: string) =>
    newestFirst(names(plugins).filter((entry) => entry.startsWith(`resource-${name}-v`)))
      .sort((a, b) => Number(b.endsWith(`-v${versions[name]}`)) - Number(a.endsWith(`-v${versions[name]}`)))
      .map((entry) => join(plugins, entry, program));
  return [join(folder, program), ...kept(folder), ...kept(join(folder, "plugins"))].find((path) => existsSync(path));
}

function languageHostIn(folder: string): string | undefined {
  const bins = newestFirst(names(join(folder, "versions"))).map((version) => join(folder, "versions", version, "bin"));
  return [folder, ...bins].map((bin) => join(bin, languageHost)).find((path) => existsSync(path));
}

/** The program under test: NAME_PLUGIN's, else the one in SLIPWAY_PLUGINS, else the one that Pulumi itself would take. */
export function pluginPath(name: PluginName): string {
  const variable = `${name.toUpperCase()}_PLUGIN`;
  const pulumis = join(home(), "plugins", `resource-${name}-v${versions[name]}`, `pulumi-resource-${name}`);
  const other = given() === undefined ? undefined : pluginIn(given()!, name);
  const path = process.env[variable] ?? other ?? pulumis;
  if (!existsSync(path)) throw new Error(`${path}: no ${name} plugin; run script/bootstrap or set ${variable}`);
  return path;
}

export function languageHostPath(): string {
  const other = given() === undefined ? undefined : languageHostIn(given()!);
  const path = process.env.LANGUAGE_HOST ?? other ?? join(home(), "versions", pulumiVersion, "bin", languageHost);
  if (!existsSync(path)) throw new Error(`${path}: no language host; run script/bootstrap or set LANGUAGE_HOST`);
  return path;
}

/** What the suite takes from a folder, a line each; nothing when there is nothing to take. */
export function programsIn(folder: string): string[] {
  const found = [...others.map((name) => [name, pluginIn(folder, name)]), [languageHost, languageHostIn(folder)]];
  if (found.every(([, path]) => path === undefined)) return [];
  return found.map(([name, path]) => `${name}: ${path ?? `none in ${folder}, so the installed one`}`);
}

// `node test/conformance/support/programs.ts FOLDER`: says what is there.
if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? "");
  const found = programsIn(folder);
  if (found.length === 0) {
    console.error(
      `${folder}: no other plugins. Put pulumi-resource-command or pulumi-resource-docker there, ` +
        "or name a PULUMI_HOME or its folder plugins (resource-command-v1.2.1/pulumi-resource-command, …).",
    );
    process.exitCode = 64;
  }
  for (const line of found) console.log(line);
}
