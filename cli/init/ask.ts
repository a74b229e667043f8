/** Asks what the repository does not tell, and takes what the command line told. */
import { createInterface } from "node:readline/promises";
import { inSshConfig } from "../../components/host/sshConfig.ts";
import { repositoryProblem } from "../../components/image/reference.ts";
import { addressProblem, userProblem } from "../../components/settings/connectionSchema.ts";
import { domainProblem } from "../../components/shared/domains.ts";
import { NAME, RESERVED } from "../../components/shared/names.ts";
import type { Answers } from "./render.ts";
import type { Seen } from "./seen.ts";

/** As the command line has them. */
export type Given = Partial<Record<"name" | "image" | "domain" | "port" | "address" | "user", string>>;

/** Puts a question to a person; nothing where the answer is empty. */
export type Ask = (question: string) => Promise<string | undefined>;

type Rule = (value: string) => string | undefined;

const RULES: Record<keyof Given, Rule> = {
  name: (name) =>
    NAME.test(name) && !RESERVED.includes(name)
      ? undefined
      : 'is not a name for an application; use lowercase letters, digits and -, like "shop"',
  image: repositoryProblem,
  domain: domainProblem,
  port: (port) =>
    /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65536
      ? undefined
      : "is not a port; write a number from 1 to 65535",
  address: addressProblem,
  user: userProblem,
};

/**
 * @param ask undefined where nothing is asked
 * @throws Error for a word of the command line that cannot be what it is for
 */
export async function answer(
  seen: Seen,
  given: Given,
  ask: Ask | undefined,
  sshName: typeof inSshConfig = inSshConfig,
): Promise<Answers> {
  for (const [key, value] of Object.entries(given) as [keyof Given, string][]) {
    const problem = RULES[key](value);
    if (problem !== undefined) throw new Error(`--${key}: ${JSON.stringify(value)} ${problem}`);
  }
  const of = async (key: keyof Given, question: string, usual?: string): Promise<string | undefined> =>
    given[key] ?? (await asked(ask, question, RULES[key], usual)) ?? usual;
  const name = (await of("name", "Name of the application", seen.name))!;
  const image = seen.needsImage ? await of("image", "Repository of its image, without a tag", seen.image) : undefined;
  const isRouted = seen.compose === undefined || seen.compose.routed !== undefined;
  const port = isRouted ? await of("port", "Port that it listens on", seen.port?.toString()) : undefined;
  const domain = port === undefined ? undefined : await of("domain", "Domain that it answers");
  const server = await of("address", "Server, by name or IP address");
  const known = server === undefined ? undefined : sshName(server);
  const address = known?.address ?? server;
  const user = (await of("user", "User there, for SSH", known?.user || "deploy"))!;
  return {
    name,
    user,
    ...(image !== undefined && { image }),
    ...(port !== undefined && { port: Number(port) }),
    ...(domain !== undefined && { domain }),
    ...(address !== undefined && { address }),
    ...(known && { ssh: known }),
  };
}

async function asked(
  ask: Ask | undefined,
  question: string,
  rule: Rule,
  usual: string | undefined,
): Promise<string | undefined> {
  for (let told = ""; ask !== undefined; ) {
    const value = await ask(`${told}${question} [${usual ?? "later"}]: `);
    const problem = value === undefined ? undefined : rule(value);
    if (problem === undefined) return value;
    told = `${JSON.stringify(value)} ${problem}\n`;
  }
  return undefined;
}

/** Asks at the terminal; one that ends (Ctrl-C, Ctrl-D) answers no more. */
export function terminal(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): { ask: Ask; close: () => void } {
  const lines = createInterface({ input, output });
  const ended = new Promise<never>((_, reject) =>
    lines.once("close", () => reject(new Error("ended before all was answered; nothing is written"))),
  );
  ended.catch(() => undefined);
  return {
    ask: async (question) => (await Promise.race([lines.question(question), ended])).trim() || undefined,
    close: () => lines.close(),
  };
}
