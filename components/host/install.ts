/** The script that makes a machine a Slipway host: it brings the host's scripts, at a path named by their content, and runs `bootstrap/bootstrap.sh`. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path/posix";
import { gzipSync, strToU8 } from "fflate";
import type { HostRequest } from "../protocol/input.ts";
import { hashOf } from "../shared/hash.ts";
import { quote } from "../shared/shell.ts";

const FOLDER = new URL("./scripts/", import.meta.url);

/** The host's scripts by their path: `slipway` is what a host calls, all others are parts of it or of the bootstrap. */
export function readScripts(): Record<string, string> {
  const names = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name === "slipway" || name.endsWith(".sh"))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")]));
}

/** The script that asks a machine what it has and lacks, before anything of Slipway is there. */
export function surveyScript(): string {
  const { "bootstrap/needed.sh": needed, "bootstrap/survey.sh": survey } = readScripts();
  return `${needed}\n${survey}`;
}

const document = (path: string, text: string, mark: string): string[] => [
  `cat >${path} <<'${mark}'`,
  text.replace(/\n$/, ""),
  mark,
];

interface Packed {
  /** Of the scripts, by their content. */
  name: string;
  text: string;
}

/** What the build has packed already (`toolchain/build.mjs`), as it takes a while; a checkout packs anew. */
const PACKED = new URL("./packed.json", import.meta.url);
let packed: Packed | undefined = existsSync(PACKED) ? (JSON.parse(readFileSync(PACKED, "utf8")) as Packed) : undefined;

/**
 * Commands that write the host's scripts into the present folder, compressed: the engine hands on, logs and keeps what
 * is sent to a host many times over. Not by Node's zlib: its bytes differ between machines, which would be a change.
 */
export function pack(scripts: Record<string, string>): Packed {
  const name = hashOf(scripts);
  if (packed?.name === name) return packed;
  const subfolders = [...new Set(Object.keys(scripts).map(dirname))].filter((folder) => folder !== ".").sort();
  const lines = [
    `mkdir -p ${subfolders.map(quote).join(" ")}`,
    ...Object.entries(scripts).flatMap(([path, text]) => document(`"${path}"`, text, "SLIPWAY_END_OF_FILE")),
    "",
  ];
  const bytes = gzipSync(strToU8(lines.join("\n")), { mtime: 0 });
  const text = Buffer.from(bytes)
    .toString("base64")
    .replaceAll(/.{120}/g, "$&\n");
  packed = { name, text };
  return packed;
}

export function renderInstall(root: string, scripts: Record<string, string>, request: HostRequest): string {
  const { name, text } = pack(scripts);
  const folder = `${root}/slipway/scripts/${name}`;
  return [
    "set -euo pipefail",
    "umask 077",
    `home=${quote(`${root}/slipway`)} folder=${quote(folder)}`,
    'mkdir -p "$home/scripts" 2>/dev/null || {',
    '  sudo -n install -d -m 0755 -o "$(id -u)" -g "$(id -g)" "$home" && mkdir -p "$home/scripts"',
    '} || { echo "error: cannot make $home; run once on this host: sudo install -d -o $(id -un) $home" >&2; exit 1; }',
    'if [ ! -d "$folder" ]; then',
    "  files=$(base64 -d <<'SLIPWAY_END_OF_SCRIPTS' | gzip -d",
    text,
    "SLIPWAY_END_OF_SCRIPTS",
    "  )",
    '  new=$(mktemp -d "$home/scripts/.new.XXXXXX")',
    '  (cd "$new" && eval "$files")',
    '  chmod 0700 "$new/slipway" "$new/bootstrap/bootstrap.sh" && mv -T "$new" "$folder"',
    "fi",
    'request=$(mktemp "$home/.request.XXXXXX")',
    "trap 'rm -f \"$request\"' EXIT",
    ...document('"$request"', JSON.stringify(request), "SLIPWAY_END_OF_REQUEST"),
    `SLIPWAY_INSTALL=${request.install ? "yes" : "no"} bash "$folder/bootstrap/bootstrap.sh" "$request" </dev/null`,
    "",
  ].join("\n");
}
