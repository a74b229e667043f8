/** `slipway import`: makes settings and secrets of a `.env` file. Names are told, and never a value. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDotenv } from "../../components/compose/dotenv.ts";
import { terminal } from "../init/ask.ts";
import { type Choice, checkTold, decide, type Proposal, proposals, type Told } from "./decide.ts";
import type { Kind } from "./judge.ts";
import { Settings, selectedStack } from "./pulumi.ts";
import { dependsOnDeclaration, nameProblem, type Provided, whyLeftOut } from "./reserved.ts";
import { applicationIn, projectFolder, readStackFile } from "./stackFile.ts";

export interface Options extends Told {
  application?: string;
  stack?: string;
  /** Whether the proposals are taken without a question. */
  yes: boolean;
  /** Whether what is set already is set anew. */
  overwrite: boolean;
}

/**
 * @returns the exit code: 1 where a name of the file cannot be a setting
 * @throws Error if nothing could be written, or not all
 */
export async function importFile(file: string, options: Options): Promise<number> {
  const { names, variables, incomplete } = readVariables(file);
  const folder = projectFolder(process.cwd());
  const stack = options.stack ?? selectedStack(folder);
  const settings = readStackFile(folder, stack);
  const application = applicationIn(settings, options.application);
  const path = `slipway:applications.${application}.environment`;
  const set = settings.set(application);
  const provided = names.some(dependsOnDeclaration) ? await declared(folder, application) : {};

  const wrong = names.filter((name) => problemOf(name, variables[name]!) !== undefined);
  const reasons = new Map(names.map((name) => [name, whyLeftOut(name, application, provided)]));
  const taken = names.filter((name) => !wrong.includes(name) && reasons.get(name) === undefined);
  const all = proposals(taken.map((name) => ({ name, value: variables[name]! })));
  checkTold(all, names, options, path);
  const isKept = ({ name }: Proposal): boolean => set.has(name) && !options.overwrite;
  const wanted = all.filter((one) => !isKept(one));

  say(`${file} for ${application} in ${stack}:`);
  for (const { name, kind, why } of wanted) say(line(kind, name, why));
  for (const one of all.filter(isKept)) say(line("kept", one.name, keptAs(one, set.get(one.name)!)));
  for (const [name, why] of reasons) if (why !== undefined) say(line("left", name, why));
  for (const name of wrong) say(line("left", name, problemOf(name, variables[name]!)!));
  for (const name of incomplete.filter((one) => taken.includes(one)))
    say(`  ${name}: a $ in its value names what has no value, so nothing stands there, as with Docker Compose`);

  const choices = await choose(wanted, options, path);
  const left = wanted.filter(({ name }) => !choices.some((choice) => choice.name === name));
  for (const { name } of left) say(line("left", name, "as answered"));
  write(new Settings(folder, stack, application), choices, set);
  if (choices.length === 0) say("Nothing is to be set.");
  else say(`Set in ${relative(process.cwd(), settings.path)}: ${counted(choices)}. Next: pulumi preview`);
  return wrong.length > 0 ? 1 : 0;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const line = (word: string, name: string, why?: string): string =>
  `  ${word.padEnd(6)} ${name}${why === undefined ? "" : `: ${why}`}`;

/** @throws Error if there is no such file, or not all of it can be read */
function readVariables(file: string): { names: string[]; variables: Record<string, string>; incomplete: string[] } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
  const { entries, unread } = parseDotenv(text);
  if (unread.length > 0)
    throw new Error(
      `${file}: line ${unread.join(", ")} cannot be read, so nothing is set; write NAME=value (a quote needs its end, and nothing after it), or a # before it`,
    );
  const variables = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  const last = new Map(entries.map((entry) => [entry.name, entry.isIncomplete]));
  return { names: [...last.keys()], variables, incomplete: [...last].filter(([, is]) => is).map(([name]) => name) };
}

const problemOf = (name: string, value: string): string | undefined =>
  nameProblem(name) ??
  (value.includes("\0") ? "its value holds a NUL character, which no variable can carry" : undefined);

/** What the application's declaration says Slipway provides; nothing where it cannot be read, which is told. */
async function declared(folder: string, application: string): Promise<Provided> {
  const file = join(folder, "apps", `${application}.ts`);
  if (!existsSync(file)) return {};
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: Provided }).default ?? {};
  } catch (error) {
    say(`apps/${application}.ts cannot be read, so what it provides is not known: ${(error as Error).message}`);
    return {};
  }
}

function keptAs({ isCertain }: Proposal, kinds: Kind[]): string {
  const isShown = isCertain && kinds.includes("plain");
  return `is set already${isShown ? ", in plain text, though it looks like a secret" : ""}; --overwrite sets it anew`;
}

/** Where nobody can be asked, nothing is guessed. */
async function choose(wanted: Proposal[], options: Options, path: string): Promise<Choice[]> {
  const isOpen = wanted.some(({ name }) => ![...options.secret, ...options.plain].includes(name));
  if (options.yes || !isOpen) return decide(wanted, options, undefined, path);
  if (!process.stdin.isTTY)
    throw new Error("there is no terminal to ask at, so nothing is set; --yes takes what is proposed above");
  const person = terminal();
  try {
    return await decide(wanted, options, person.ask, path);
  } finally {
    person.close();
  }
}

/** Secrets first: without a passphrase nothing is written at all. A name that changes its kind leaves the other. */
function write(settings: Settings, choices: Choice[], set: Map<string, Kind[]>): void {
  for (const kind of ["secret", "plain"] as const) {
    for (const { name, value } of choices.filter((choice) => choice.kind === kind)) {
      say(`  set ${settings.set(kind, name, value)}`);
      for (const other of set.get(name) ?? []) if (other !== kind) settings.remove(other, name);
    }
  }
}

function counted(choices: Choice[]): string {
  const secrets = choices.filter(({ kind }) => kind === "secret").length;
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${count(secrets, "secret")}, ${count(choices.length - secrets, "plain setting")}`;
}
