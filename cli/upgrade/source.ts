/** Where the next version comes from, in npm's words. Never a bare name: that one may be anybody's on a registry. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import valid from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";

export type Source =
  /** A tarball on this disk. */
  | { kind: "file"; path: string }
  /** What `npm install` takes: a tarball's address, a Git URL, or `@scope/name@version`. */
  | { kind: "spec"; spec: string };

const GIT = /^(git\+(https|ssh|file):|git:|ssh:|github:|gitlab:|bitbucket:|https:.*\.git(#|$))/;
const TARBALL = /\.(tgz|tar\.gz)$/;

/**
 * @param from a path, an address or a version, as somebody wrote it
 * @param name the package's own
 * @param current what the project's package.json says of the package
 * @throws Error if it is none of these, or a version where nothing tells where versions are
 */
export function sourceOf(from: string, name: string, current: string): Source {
  if (GIT.test(from) || (/^https:/.test(from) && TARBALL.test(from))) return { kind: "spec", spec: from };
  const path = resolve(from);
  if (existsSync(path)) {
    if (statSync(path).isFile()) return { kind: "file", path };
    throw new Error(`${from} is a folder; run npm pack there, and name the tarball that it makes`);
  }
  if (TARBALL.test(from)) throw new Error(`there is no file ${from}`);
  const version = valid(from);
  if (version !== null) return ofVersion(version, name, current);
  throw new Error(
    `${JSON.stringify(from)} is no tarball, Git URL (git+ssh://…#v1.2.0) or version (1.2.0); a bare name is not taken, as it may be somebody else's`,
  );
}

/** The same place as before, at another version. */
function ofVersion(version: string, name: string, current: string): Source {
  if (GIT.test(current)) return { kind: "spec", spec: `${current.replace(/#.*$/, "")}#v${version}` };
  if (validRange(current) !== null && name.startsWith("@")) return { kind: "spec", spec: `${name}@${version}` };
  throw new Error(`${name} is installed from ${current}; name the tarball of ${version}, or a Git URL`);
}
