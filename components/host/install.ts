/** The script that makes a machine a Slipway host: it brings the host's scripts, at a path named by their content, and runs `bootstrap.sh`. */

import { readdirSync, readFileSync } from "node:fs";
import type { HostRequest } from "../protocol/input.ts";
import { hashOf } from "../shared/hash.ts";
import { quote } from "../shared/shell.ts";

const FOLDER = new URL("./scripts/", import.meta.url);

/** The host's scripts by name. */
export function readScripts(): Record<string, string> {
  const names = readdirSync(FOLDER)
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
  return [
    "set -euo pipefail",
    "umask 077",
    `home=${quote(`${root}/slipway`)} folder=${quote(folder)}`,
    'mkdir -p "$home/scripts" 2>/dev/null || {',
    '  sudo -n install -d -m 0755 -o "$(id -u)" -g "$(id -g)" "$home" && mkdir -p "$home/scripts"',
    '} || { echo "error: cannot make $home; run once on this host: sudo install -d -o $(id -un) $home" >&2; exit 1; }',
    'if [ ! -d "$folder" ]; then',
    '  new=$(mktemp -d "$home/scripts/.new.XXXXXX")',
    ...Object.entries(scripts).flatMap(([name, text]) => document(`"$new/${name}"`, text, "SLIPWAY_END_OF_FILE")),
    '  chmod 0700 "$new/slipway" "$new/bootstrap.sh" && mv -T "$new" "$folder"',
    "fi",
    'request=$(mktemp "$home/.request.XXXXXX")',
    "trap 'rm -f \"$request\"' EXIT",
    ...document('"$request"', JSON.stringify(request), "SLIPWAY_END_OF_REQUEST"),
    `SLIPWAY_INSTALL=${request.install ? "yes" : "no"} bash "$folder/bootstrap.sh" "$request" </dev/null`,
    "",
  ].join("\n");
}
