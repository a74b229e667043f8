/** What the last deployments left in the state: the source when a host is not inspected. */
import { type StackState, stackExport } from "./stackExport.ts";

type Resource = NonNullable<NonNullable<StackState["deployment"]>["resources"]>[number];

async function allResources(): Promise<Resource[]> {
  return (await stackExport())?.deployment?.resources ?? [];
}

const nameOf = ({ urn }: Resource): string => urn.split("::").at(-1)!;

async function resourcesNamed(name: string): Promise<Resource[]> {
  return (await allResources()).filter((resource) => nameOf(resource) === name);
}

/** Names of the GitHub resources already in this stack. */
export async function keptOnGitHub(): Promise<Set<string>> {
  return new Set((await allResources()).filter(({ type }) => type.startsWith("github:")).map(nameOf));
}

/** Names, in this program, of repositories that must not be deleted. */
export async function protectedRepositories(): Promise<string[]> {
  return (await allResources())
    .filter(({ type, protect }) => type === "github:index/repository:Repository" && protect)
    .map((repository) => nameOf(repository).replace(/-repository$/, ""));
}

/** The token of a command's last deployment, by the command's resource name; undefined if there was none. */
export async function keptToken(name: string): Promise<string | undefined> {
  for (const { inputs } of await resourcesNamed(name)) {
    const command = inputs?.create;
    const match = typeof command === "string" ? /--token (?:'((?:[^']|'\\'')*)'|(\S+))/.exec(command) : null;
    if (match) return (match[1] ?? match[2]!).replaceAll("'\\''", "'");
  }
  return undefined;
}

export interface KeptStack {
  version?: string;
  /** Digests of its accessories, by reference with tag. */
  pins?: Record<string, string>;
}

/** A Compose stack as last deployed, by the component's name. */
export async function keptStack(name: string): Promise<KeptStack> {
  return (await resourcesNamed(name)).find(({ type }) => type === "slipway:stack:ComposeStack")?.outputs ?? {};
}

/**
 * What an image was built for last; undefined where this stack built none of it.
 * @param image the image's name in the program
 */
export async function keptBuild(image: string): Promise<{ platform?: string } | undefined> {
  const names = ["commit", "version", "latest"].map((part) => `${image}-${part}`);
  const built = (await allResources()).find(
    (resource) => resource.type === "docker:index/image:Image" && names.includes(nameOf(resource)),
  );
  if (built === undefined) return undefined;
  const platform = (built.inputs?.build as { platform?: unknown } | undefined)?.platform;
  return typeof platform === "string" ? { platform } : {};
}
