/** When a host is not looked at, the state's word is taken: the tokens of the last deployments. */
import { stackExport } from "../operations/stackExport.ts";

let exported: Promise<Map<string, string>> | undefined;

async function tokens(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const state = await stackExport();
  for (const resource of state?.deployment?.resources ?? []) {
    const command = resource.inputs?.["create"];
    const match = typeof command === "string" ? /--token (?:'((?:[^']|'\\'')*)'|(\S+))/.exec(command) : null;
    if (match) found.set(resource.urn.split("::").at(-1)!, (match[1] ?? match[2]!).replaceAll("'\\''", "'"));
  }
  return found;
}

/** The token of a resource's last deployment, by the resource's name; undefined if there was none. */
export async function keptToken(resource: string): Promise<string | undefined> {
  exported ??= tokens();
  return (await exported).get(resource);
}
