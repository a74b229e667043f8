import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * A Dockerfile whose result carries labels: appended to the last stage, or to a new stage on top of `target`.
 * docker.Image has no setting for labels, and so every Dockerfile gets them without writing them itself.
 */
export function withLabels(dockerfile: string, labels: Record<string, string>, target?: string): string {
  const lines = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `LABEL ${key}=${quote(value)}`);
  return [dockerfile.trimEnd(), ...(target ? ["", `FROM ${target}`] : []), ...lines, ""].join("\n");
}

/** Double quotes, in which a Dockerfile still expands `$` and reads `\`. */
const quote = (value: string): string => `"${value.replace(/["\\$]/g, "\\$&").replace(/[\r\n]+/g, " ")}"`;

/**
 * Writes the labelled Dockerfile below `.slipway/build/` of the project folder.
 * @returns its path, relative to the project folder: the same on every machine.
 * @throws Error if there is no Dockerfile.
 */
export function writeLabelled(
  name: string,
  dockerfile: string,
  labels: Record<string, string>,
  options: { target?: string; folder?: string } = {},
): string {
  const folder = options.folder ?? process.cwd();
  const path = join(".slipway", "build", `${name.replace(/[^A-Za-z0-9_-]/g, "-")}.Dockerfile`);
  const text = withLabels(read(resolve(folder, dockerfile)), labels, options.target);
  mkdirSync(dirname(resolve(folder, path)), { recursive: true });
  writeFileSync(resolve(folder, path), text);
  return path;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error(
      `${JSON.stringify(path)} cannot be read; build.dockerfile is relative to the project folder (default: Dockerfile in build.context)`,
    );
  }
}
