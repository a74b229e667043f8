/** The declarations of `repositories/`. */
import { readdirSync } from "node:fs";
import type { RepositorySpec } from "../components/github/repository/spec.ts";

const FOLDER = new URL("../repositories/", import.meta.url);

/** @throws Error if repositories/<repository>.ts does not exist */
export async function declarationOf(repository: string): Promise<RepositorySpec> {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".ts") && file !== "index.ts")
    .map((file) => file.slice(0, -3));
  if (!names.includes(repository))
    throw new Error(`there is no repositories/${repository}.ts; there are ${names.join(", ")}`);
  return ((await import(new URL(`${repository}.ts`, FOLDER).href)) as { default: RepositorySpec }).default;
}
