/** What the last deployments left in the state: the source when a host is not inspected. */
import { defined } from "../shared/records.ts";
import { stackExport } from "./stackExport.ts";
import type { StackState } from "./stateFile.ts";

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
  return (await resourcesNamed(name)).map((resource) => option(resource, "token")).find((token) => token !== undefined);
}

/** The value of an option in a command as it succeeded last: a failed update leaves the one before. */
function option({ inputs }: Resource, name: "token" | "version" | "release"): string | undefined {
  const command = inputs?.create;
  if (typeof command !== "string") return undefined;
  const match = new RegExp(` --${name} (?:'((?:[^']|'\\\\'')*)'|(\\S+))`).exec(command);
  return match ? (match[1] ?? match[2]!).replaceAll("'\\''", "'") : undefined;
}

export interface KeptStack {
  /** What its hosts confirmed last. */
  version?: string;
  release?: string;
  /** Digests of its accessories, by reference with tag. */
  pins?: Record<string, string>;
}

const isOf = ({ inputs }: Resource, command: string): boolean =>
  String(inputs?.create).includes(`/slipway ${command} `);

/**
 * A Compose stack as its hosts confirmed it last, by the component's name. The component's own outputs tell what was
 * tried; they are taken where no command tells more.
 */
export async function keptStack(name: string): Promise<KeptStack> {
  const resources = await allResources();
  const stack = resources.find((one) => one.type === "slipway:stack:ComposeStack" && nameOf(one) === name);
  if (stack === undefined) return {};
  const commands = resources.filter(({ parent }) => parent === stack.urn);
  // With several hosts a deployment that nobody confirmed goes back by itself.
  const confirming = commands.filter((one) => isOf(one, "confirm"));
  const [last] = confirming.length > 0 ? confirming : commands.filter((one) => isOf(one, "deploy"));
  const { version, release, pins } = (stack.outputs ?? {}) as KeptStack;
  const told = last && { version: option(last, "version"), release: option(last, "release") };
  return defined({ version: told?.version ?? version, release: told?.release ?? release, pins });
}

/** What the component of a Compose stack showed of its release last, as JSON; undefined where it showed none. */
export async function keptReview(name: string): Promise<string | undefined> {
  const stack = (await resourcesNamed(name)).find(({ type }) => type === "slipway:stack:ComposeStack");
  return stack?.inputs?.review === undefined ? undefined : JSON.stringify(stack.inputs.review);
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
