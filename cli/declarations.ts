/** The declarations of `repositories/`, in the current folder: a project of its own, or this checkout. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { RepositorySpec } from "../components/github/repository/spec.ts";

/** @throws Error if repositories/<repository>.ts does not exist */
export async function declarationOf(repository: string): Promise<RepositorySpec> {
  const folder = resolve("repositories");
  if (!existsSync(folder)) throw new Error(`${folder} does not exist; run this in the folder with Pulumi.yaml`);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && file !== "index.ts")
    .map((file) => file.slice(0, -3));
  if (!names.includes(repository))
    throw new Error(`there is no repositories/${repository}.ts; there are ${names.join(", ")}`);
  const declaration = pathToFileURL(resolve(folder, `${repository}.ts`)).href;
  return ((await import(declaration)) as { default: RepositorySpec }).default;
}
