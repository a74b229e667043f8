/** Lock files that repeat the version of a package: Cargo's, and npm's for its workspaces. */
import { applyEdits, findNodeAtLocation, modify, parseTree } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";

export interface Written {
  /** As it stands there; undefined where nothing does. */
  version: string | undefined;
  /** The file's text with another version. */
  with: (version: string) => string;
}

/** Which entries of a lock file are the repository's own. */
export type Lock = { crates: string[] } | { workspace: string };

/** A file of crates, as far as its version goes. */
interface Manifest {
  name?: string;
  /** Whether its version stands here. */
  isVersioned: boolean;
  /** Whether it has its version from the workspace. */
  inherits: boolean;
  /** Whether other crates may have theirs from it. */
  isWorkspace: boolean;
}

/** @returns undefined for what is no TOML */
export function cargoManifest(text: string): Manifest | undefined {
  try {
    const held = parseToml(text.replace(/^\uFEFF/, "")) as {
      package?: { name?: unknown; version?: unknown };
      workspace?: { package?: { version?: unknown } };
    };
    const { name, version } = held.package ?? {};
    return {
      ...(typeof name === "string" ? { name } : {}),
      isVersioned: typeof version === "string",
      inherits: (version as { workspace?: unknown } | undefined)?.workspace === true,
      isWorkspace: typeof held.workspace?.package?.version === "string",
    };
  } catch {
    return undefined;
  }
}

/** @returns undefined where it has none of the entries */
export const inLock = (text: string, lock: Lock): Written | undefined =>
  "crates" in lock ? inCargo(text, lock.crates) : inNpm(text, lock.workspace);

/** Entries without a source are the workspace's own (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html). */
function inCargo(text: string, crates: string[]): Written | undefined {
  const entry = /(^\[\[package\]\]\r?\nname = "([^"\r\n]+)"\r?\nversion = ")([^"\r\n]+)("\r?$)(?!\r?\nsource = )/gm;
  const [first] = [...text.matchAll(entry)].filter(([, , name]) => crates.includes(name!));
  if (first === undefined) return undefined;
  return {
    version: first[3],
    with: (version) =>
      text.replace(entry, (all, before: string, name: string, _, after: string) =>
        crates.includes(name) ? `${before}${version}${after}` : all,
      ),
  };
}

function inNpm(text: string, workspace: string): Written | undefined {
  const place = ["packages", workspace, "version"];
  const tree = parseTree(text);
  const node = tree && findNodeAtLocation(tree, place);
  if (typeof node?.value !== "string") return undefined;
  return {
    version: node.value,
    with: (version) => applyEdits(text, modify(text, place, version, {})),
  };
}
