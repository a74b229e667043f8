import type { Places } from "./plan.ts";
import { formatReference, type Reference } from "./reference.ts";
import { findDigest, listTags, newestTags, RegistryError, type RegistryLogin } from "./registry.ts";

export interface Question {
  reference: Reference;
  login: RegistryLogin;
  places: Places;
  /** What the plugin said. */
  cause: string;
}

const SHOWN = 5;

/** Why an image could not be looked up, and what to do; asks the registry itself, as the plugin's errors say little. */
export async function explain(question: Question): Promise<string> {
  const { reference, login, places } = question;
  const cause = oneLine(redact(question.cause, login.password));
  const saysMissing = /\b404\b|not found|manifest unknown/i.test(cause);
  try {
    await findDigest(reference, login);
    return `image ${formatReference(reference)} could not be looked up, though it exists: ${cause}`;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.kind === "missing") return missingImage(question);
    if (saysMissing) return `${doesNotExist(reference)}; push it first or correct ${places.version}`;
    return registryTrouble(reference, login, error, cause);
  }
}

/** The plugin and the registry answer in several lines; an error has one. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

const doesNotExist = (reference: Reference): string => `image ${formatReference(reference)} does not exist`;

async function missingImage({ reference, login, places }: Question): Promise<string> {
  const start = doesNotExist(reference);
  try {
    const tags = await listTags(reference, login);
    const twin = [`v${reference.tag}`, reference.tag?.replace(/^v/, "")].find(
      (tag) => tag !== undefined && tag !== reference.tag && tags.includes(tag),
    );
    const newest = [...(twin ? [twin] : []), ...newestTags(tags, SHOWN).filter((tag) => tag !== twin)].slice(0, SHOWN);
    if (newest.length === 0)
      return `${start}, and its repository holds no tags; push it first or correct ${places.image}`;
    const hint = twin ? ` (did you mean ${JSON.stringify(twin)}?)` : "";
    return `${start}${hint}; newest tags: ${newest.join(", ")}; push it first or set ${places.version} to one of these`;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return error.kind === "missing"
      ? `${start}: the registry has no repository of that name; push the image first or correct ${places.image}`
      : `${start}; push it first or correct ${places.version} (its tags could not be listed: ${error.message})`;
  }
}

function registryTrouble(
  { registry, ...reference }: Reference,
  login: RegistryLogin,
  error: RegistryError,
  cause: string,
): string {
  const image = formatReference({ registry, ...reference });
  const setting = `slipway:registries["${registry}"]`;
  switch (error.kind) {
    case "unauthorized":
      return login.username === undefined
        ? `registry ${registry} asks for a login to show ${image} (${error.message}); set ${setting}.username and .password`
        : `registry ${registry} refuses the login of "${login.username}" for ${image} (${error.message}); correct ${setting}.username and .password`;
    case "untrusted":
      return (
        `registry ${registry} shows a certificate that this machine does not trust (${error.message}), so ${image} was not looked up; ` +
        `let the machine trust its authority, or set ${setting}.insecureSkipVerify to true`
      );
    case "unreachable":
      return `registry ${registry} cannot be reached (${error.message}), so ${image} was not looked up; see that it runs and that this machine may reach it`;
    default:
      return `registry ${registry} could not show ${image}: ${error.message}; the plugin says: ${cause}`;
  }
}

/** A text without a password in it, in whichever of the usual spellings. */
export function redact(text: string, secret: string | undefined): string {
  if (!secret) return text;
  const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, "[hidden]"), text);
}
