/** What the registry was given, and from which sources: the same is not pushed again. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { secretFile } from "./places.ts";
import { catalog } from "./registry.ts";

type Sources = Record<string, string>;

const file = secretFile("registry-content.json");
const known = async (): Promise<Sources> => JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Sources;

/** The images of these that the registry lacks, or has from other sources. */
export async function missing(sources: Sources): Promise<string[]> {
  const [pushed, there] = await Promise.all([known(), catalog()]);
  return Object.keys(sources).filter((name) => !there.includes(name) || pushed[name] !== sources[name]);
}

/** Remembers a push. What another process remembers at the same moment may be lost; it is then pushed once more. */
export async function remember(sources: Sources): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify({ ...(await known()), ...sources }, null, 2));
  await rename(fresh, file);
}
