/** What the last deployments left in the state: the source when a host is not inspected. */
import { confirmedIn, type KeptStack, keptIn, nameOf, option, type Resource, STACK } from "./kept.ts";
import { stackExport } from "./stackExport.ts";

async function allResources(stack?: string): Promise<Resource[]> {
  return (await stackExport(stack))?.deployment?.resources ?? [];
}

async function resourcesNamed(name: string): Promise<Resource[]> {
  return (await allResources()).filter((resource) => nameOf(resource) === name);
}

/** The GitHub resources already in this stack. */
export async function gitHubResources(): Promise<Resource[]> {
  return (await allResources()).filter(({ type }) => type.startsWith("github:"));
}

/** Names of the GitHub resources already in this stack. */
export async function keptOnGitHub(): Promise<Set<string>> {
  return new Set((await gitHubResources()).map(nameOf));
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

/**
 * Why the command's deployment of this release, by this token, went outside of its window, if it did; undefined where the
 * state has no such deployment.
 */
export async function keptDeployment(
  name: string,
  token: string,
  release: string,
): Promise<{ outsideWindow: string | undefined } | undefined> {
  const command = (await resourcesNamed(name)).find(
    (resource) => option(resource, "token") === token && option(resource, "release") === release,
  );
  if (command === undefined) return undefined;
  const reason = option(command, "outside-window");
  return { outsideWindow: reason === undefined ? undefined : (JSON.parse(`"${reason}"`) as string) };
}

/**
 * A Compose stack as its hosts confirmed it last, by the component's name. The component's own outputs tell what was
 * tried; they are taken where no command tells more.
 */
export const keptStack = async (name: string): Promise<KeptStack> => keptIn(await allResources(), name);

/**
 * The images of an application that another stack's hosts confirmed last; undefined where that is not known: it has none,
 * its state cannot be read, or its last deployment failed.
 */
export const imagesConfirmedIn = async (stack: string, application: string): Promise<string[] | undefined> =>
  confirmedIn(await allResources(stack), application)?.images;

/** What the component of a Compose stack showed of its release last, as JSON; undefined where it showed none. */
export async function keptReview(name: string): Promise<string | undefined> {
  const stack = (await resourcesNamed(name)).find(({ type }) => type === STACK);
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
