/** What a repository says of itself, in a JSON file below `.slipway/`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromIssues, place } from "../components/shared/issues.ts";
import type { z } from "../components/shared/zod.ts";

/**
 * @returns undefined where there is no such file
 * @throws Error with every problem of the file, a line each
 */
export function readConfig<S extends z.ZodType>(root: string, path: string, schema: S): z.output<S> | undefined {
  const file = join(root, path);
  if (!existsSync(file)) return undefined;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${path} is no JSON: ${(error as Error).message}`);
  }
  const { data, error } = schema.safeParse(raw);
  if (error)
    throw new Error(
      fromIssues(error.issues, raw)
        .map((problem) => `${path}: ${place(problem.path)}: ${problem.message}`)
        .join("\n"),
    );
  return data;
}
