/** When a host is not looked at, the state's word is taken: what the last deployments left in it. */
import { type StackState, stackExport } from "./stackExport.ts";

type Resource = NonNullable<NonNullable<StackState["deployment"]>["resources"]>[number];

async function all(): Promise<Resource[]> {
  return (await stackExport())?.deployment?.resources ?? [];
}

const nameOf = ({ urn }: Resource): string => urn.split("::").at(-1)!;

async function resources(name: string): Promise<Resource[]> {
  return (await all()).filter((resource) => nameOf(resource) === name);
}

/** Names of the resources of GitHub that this stack has already. */
export async function keptOnGitHub(): Promise<Set<string>> {
  return new Set((await all()).filter(({ type }) => type.startsWith("github:")).map(nameOf));
}

/** Names, in the program, of repositories that must not be deleted. */
export async function protectedRepositories(): Promise<string[]> {
  return (await all())
    .filter(({ type, protect }) => type === "github:index/repository:Repository" && protect)
    .map((own) => nameOf(own).replace(/-repository$/, ""));
}

/** The token of a command's last deployment, by the command's name; undefined if there was none. */
export async function keptToken(name: string): Promise<string | undefined> {
  for (const { inputs } of await resources(name)) {
    const command = inputs?.create;
    const match = typeof command === "string" ? /--token (?:'((?:[^']|'\\'')*)'|(\S+))/.exec(command) : null;
    if (match) return (match[1] ?? match[2]!).replaceAll("'\\''", "'");
  }
  return undefined;
}

export interface KeptStack {
  version?: string;
  /** Digests of its accessories by reference with tag. */
  pins?: Record<string, string>;
}

/** A Compose stack as it was deployed last, by the component's name. */
export async function keptStack(name: string): Promise<KeptStack> {
  return (await resources(name)).find(({ type }) => type === "slipway:stack:ComposeStack")?.outputs ?? {};
}
