/** The script that makes a machine a Slipway host: it brings the host's scripts, at a path named by their content, and runs `bootstrap/bootstrap.sh`. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path/posix";
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

const document = (path: string, text: string, mark: string): string[] => [
  `cat >${path} <<'${mark}'`,
  text.replace(/\n$/, ""),
  mark,
];

export function renderInstall(root: string, scripts: Record<string, string>, request: HostRequest): string {
  const folder = `${root}/slipway/scripts/${hashOf(scripts)}`;
  const subfolders = [...new Set(Object.keys(scripts).map(dirname))].filter((name) => name !== ".").sort();
  return [
    "set -euo pipefail",
    "umask 077",
    `home=${quote(`${root}/slipway`)} folder=${quote(folder)}`,
    'mkdir -p "$home/scripts" 2>/dev/null || {',
    '  sudo -n install -d -m 0755 -o "$(id -u)" -g "$(id -g)" "$home" && mkdir -p "$home/scripts"',
    '} || { echo "error: cannot make $home; run once on this host: sudo install -d -o $(id -un) $home" >&2; exit 1; }',
    'if [ ! -d "$folder" ]; then',
    '  new=$(mktemp -d "$home/scripts/.new.XXXXXX")',
    `  (cd "$new" && mkdir -p ${subfolders.map(quote).join(" ")})`,
    ...Object.entries(scripts).flatMap(([name, text]) => document(`"$new/${name}"`, text, "SLIPWAY_END_OF_FILE")),
    '  chmod 0700 "$new/slipway" "$new/bootstrap/bootstrap.sh" && mv -T "$new" "$folder"',
    "fi",
    'request=$(mktemp "$home/.request.XXXXXX")',
    "trap 'rm -f \"$request\"' EXIT",
    ...document('"$request"', JSON.stringify(request), "SLIPWAY_END_OF_REQUEST"),
    `SLIPWAY_INSTALL=${request.install ? "yes" : "no"} bash "$folder/bootstrap/bootstrap.sh" "$request" </dev/null`,
    "",
  ].join("\n");
}
