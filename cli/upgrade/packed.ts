/** A version of this package that is not installed yet: fetched by npm, read, and not run. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Manifest {
  name: string;
  version: string;
  engines?: { node?: string };
  devDependencies?: Record<string, string>;
}

/** What is told of an upgrade comes from these. */
export interface Version {
  manifest: Manifest;
  changelog: string;
}

/** @param spec a tarball's path, or what else npm takes. A Git URL is built, which takes minutes. */
export function readPacked(spec: string): Version & { integrity: string } {
  const folder = mkdtempSync(join(tmpdir(), "slipway-upgrade-"));
  try {
    program("npm", ["pack", "--pack-destination", folder, "--", spec], folder);
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!);
    const read = (path: string): string => program("tar", ["-xzOf", file, `package/${path}`], folder);
    return {
      manifest: JSON.parse(read("package.json")) as Manifest,
      changelog: read("CHANGELOG.md"),
      integrity: `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error with what it said */
export function program(command: string, words: string[], cwd: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, words, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${words.join(" ")}: ${stderr.trim() || `it ended with ${status}`}`);
  return stdout;
}
