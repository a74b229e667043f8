/** The project that is upgraded, and the version of this package that it has. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ownManifest } from "../../components/shared/ownPackage.ts";
import type { Manifest, Version } from "./packed.ts";

export interface Project {
  folder: string;
  /** This package's name. */
  name: string;
  /** What package.json says of it: a tarball, a Git URL, or a version. */
  spec: string;
  /** Version of the TypeScript compiler that package.json names. */
  typescript?: string;
  installed: Version;
  /** Of what is installed, where the lock file has it: a tarball's. */
  integrity?: string;
  /** By the settings that are there. */
  stacks: string[];
  repositories: string[];
}

type Dependencies = Record<string, string>;
const read = <Content>(file: string): Content => JSON.parse(readFileSync(file, "utf8")) as Content;

/** @throws Error if its package.json does not name this package, or it is not installed */
export function readProject(folder: string): Project {
  const { name } = ownManifest();
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw new Error(`there is no ${file}; slipway init writes one`);
  const { dependencies, devDependencies } = read<{ dependencies?: Dependencies; devDependencies?: Dependencies }>(file);
  const spec = dependencies?.[name];
  if (spec === undefined) throw new Error(`${file} does not depend on ${name}, so there is nothing to raise`);
  const package_ = join(folder, "node_modules", name);
  if (!existsSync(join(package_, "package.json")))
    throw new Error(`${name} is not installed in ${folder}; run npm ci there`);
  const integrity = lockedIntegrity(folder, name);
  return {
    folder,
    name,
    spec,
    installed: {
      manifest: read<Manifest>(join(package_, "package.json")),
      changelog: readFileSync(join(package_, "CHANGELOG.md"), "utf8"),
    },
    ...(integrity !== undefined && { integrity }),
    ...(devDependencies?.typescript !== undefined && { typescript: devDependencies.typescript }),
    stacks: globSync("Pulumi.*.yaml", { cwd: folder })
      .map((path) => path.slice("Pulumi.".length, -".yaml".length))
      .sort(),
    repositories: globSync("repositories/*.ts", { cwd: folder })
      .map((path) => basename(path, ".ts"))
      .filter((one) => one !== "index")
      .sort(),
  };
}

function lockedIntegrity(folder: string, name: string): string | undefined {
  const file = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(file)) return undefined;
  const { packages } = read<{ packages?: Record<string, { integrity?: string }> }>(file);
  return packages?.[`node_modules/${name}`]?.integrity;
}
