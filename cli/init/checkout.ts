/** Reads of a repository what tells how to deploy it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

/** A repository as it was read; paths are seen from its folder. */
export interface Checkout {
  /** Name of its folder. */
  folder: string;
  /** All files that were seen. */
  paths: string[];
  /** Texts of those that may tell something. */
  texts: Record<string, string>;
  /** Git's own configuration; empty without one. */
  gitConfig: string;
}

const DEPTH = 5;
const MOST = 5000;
const LONGEST = 200_000;
/** What others have written, or was made of what is here. */
const SKIPPED = /^(node_modules|vendor|dist|build|target|out|venv|env|__pycache__|coverage|\..*)$/;
const TELLING =
  /^(dockerfile.*|.*\.dockerfile|(docker-)?compose.*\.ya?ml|package\.json|pyproject\.toml|requirements.*\.txt|pipfile|go\.mod|gemfile|composer\.json|cargo\.toml|mix\.exs|pom\.xml|build\.gradle(\.kts)?|alembic\.ini|manage\.py|artisan|schema\.prisma|\.env\.(example|sample|template))$|\.(py|js|mjs|cjs|ts|go|rb|php|java|kt|rs|ex|exs|cs)$/i;

/** The folder of the repository that a project's folder belongs to: the nearest with `.git`, else the one around it. */
export function repositoryOf(project: string): string {
  const start = resolve(project);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return dirname(start);
  }
}

/** @param project its folder is not looked into */
export function readCheckout(repository: string, project: string): Checkout {
  const root = resolve(repository);
  const own = relative(root, resolve(project));
  const paths: string[] = [];
  walk(root, "", own, paths);
  const texts = Object.fromEntries(
    paths
      .filter((path) => TELLING.test(basename(path)) || path.startsWith(".github/workflows/"))
      .map((path) => [path, readFileSync(join(root, path), "utf8")] as const)
      .filter(([, text]) => text.length <= LONGEST),
  );
  return { folder: basename(root), paths, texts, gitConfig: gitConfig(root) };
}

function walk(root: string, folder: string, own: string, paths: string[]): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile() && paths.length < MOST) paths.push(path);
    const isSkipped = (SKIPPED.test(entry.name) && !/^\.github(\/|$)/.test(path)) || (own !== "" && path === own);
    if (entry.isDirectory() && !isSkipped && path.split("/").length < DEPTH) walk(root, path, own, paths);
  }
}

/** In a worktree `.git` is a file that names another folder. */
function gitConfig(root: string): string {
  try {
    return readFileSync(join(root, ".git", "config"), "utf8");
  } catch {
    return "";
  }
}
