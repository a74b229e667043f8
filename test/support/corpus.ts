/** The corpus of Compose files (test/fixtures/corpus.ts), planned and rendered as applications. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ApplicationPlan } from "../../components/application/model.ts";
import { planApplication } from "../../components/application/plan.ts";
import { entryAt } from "../../components/environment/project.ts";
import type { Release, Stack } from "../../components/release/model.ts";
import { renderRelease } from "../../components/release/render.ts";
import { resolve } from "../../components/release/resolve.ts";
import { context, DIGEST } from "../fixtures/application.ts";
import { CORPUS } from "../fixtures/corpus.ts";

const FOLDER = join(import.meta.dirname, "../fixtures/corpus");

export const folderOf = (name: string): string => join(FOLDER, name);
export const names = Object.keys(CORPUS);

export interface Rendered {
  spec: ApplicationSpec;
  /** Paths of its Compose files. */
  files: string[];
  plan: ApplicationPlan;
  stack: Stack;
  release: Release;
}

/** @throws DeclarationError for what is not taken */
export function rendered(name: string): Rendered {
  const [declared, given = {}] = CORPUS[name]!;
  const spec: ApplicationSpec = { name, compose: "compose.yaml", domain: `${name}.example.com`, ...declared };
  const folder = folderOf(name);
  const plan = planApplication(spec, {
    ...context(given),
    readFile: (path) => readFileSync(join(folder, path), "utf8"),
    listFolder: (path) => readdirSync(join(folder, path)),
    entry: (path, project) => entryAt(join(folder, path), join(folder, project)),
  });
  const images = Object.fromEntries(
    Object.entries(plan.images).map(([tag, { repository }]) => [tag, `${repository}@${DIGEST}`]),
  );
  const stack = resolve(plan, images, given.secrets ?? {});
  return { spec, files: [spec.compose!].flat(), plan, stack, release: renderRelease(stack) };
}
