/** All declarations of the project in the current folder, each with the file that it stands in. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import type { Declarations } from "./judgeStack.ts";

export interface Loaded extends Declarations {
  /** What could not be loaded, a line each. */
  problems: string[];
  /** What was taken in place of what is not there. */
  notes: string[];
  /** Texts of the files of both folders, by path. */
  texts: Record<string, string>;
}

const isRecord = (one: unknown): boolean => typeof one === "object" && one !== null;
const isDeclaration = (file: string): boolean => file.endsWith(".ts") && !file.endsWith(".d.ts");

/** Of an error's message; anything may be thrown. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!;

export async function loadDeclarations(): Promise<Loaded> {
  const [applications, repositories] = await Promise.all([
    load<ApplicationSpec>("apps", "applications"),
    load<RepositorySpec>("repositories", "repositories"),
  ]);
  return {
    applications: applications.specs,
    repositories: repositories.specs,
    problems: [...applications.problems, ...repositories.problems],
    notes: [...applications.notes, ...repositories.notes],
    texts: { ...applications.texts, ...repositories.texts },
  };
}

interface Folder<S> {
  specs: S[];
  problems: string[];
  notes: string[];
  texts: Record<string, string>;
}

/** By the folder's `index.ts`, as the program has them; without one, what each of its files exports by default. */
async function load<S>(folder: string, list: string): Promise<Folder<S>> {
  const files = existsSync(folder) ? readdirSync(folder).filter(isDeclaration).sort() : [];
  const texts = Object.fromEntries(
    files.map((file) => [`${folder}/${file}`, readFileSync(`${folder}/${file}`, "utf8")]),
  );
  const loaded: Folder<S> = { specs: [], problems: [], notes: [], texts };
  if (files.length === 0) return loaded;
  const index = `${folder}/index.ts`;
  const isListed = files.includes("index.ts");
  if (!isListed)
    loaded.notes.push(`there is no ${index}: every file of ${folder}/ is taken for a declaration of the program's`);
  const take = async (path: string, key: string): Promise<unknown> => {
    try {
      return ((await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>)[key];
    } catch (error) {
      loaded.problems.push(`${path}: cannot be loaded; ${firstLine(error)}`);
      return undefined;
    }
  };
  if (isListed) {
    const all = await take(index, list);
    if (Array.isArray(all)) {
      const wrong = all.findIndex((one) => !isRecord(one));
      if (wrong < 0) loaded.specs = all as S[];
      else loaded.problems.push(`${index}: ${list}[${wrong}] is no declaration; take it out, or correct its import`);
    } else if (loaded.problems.length === 0)
      loaded.problems.push(`${index}: exports no list \`${list}\`; export what the program deploys under this name`);
    return loaded;
  }
  const all = await Promise.all(Object.keys(texts).map((path) => take(path, "default")));
  loaded.specs = all.filter(isRecord) as S[];
  return loaded;
}
