/** Which variables become secrets and which plain settings: as proposed, as told on the command line, or as answered. */
import { didYouMean } from "../../components/shared/text.ts";
import type { Ask } from "../init/ask.ts";
import { type Judgement, judge, type Kind } from "./judge.ts";

export interface Variable {
  name: string;
  value: string;
}

export interface Proposal extends Variable, Judgement {}

export interface Choice extends Variable {
  kind: Kind;
}

/** As the command line has them. */
export interface Told {
  secret: string[];
  plain: string[];
}

/** What is proposed for each: one that holds another's secret value is one, too. */
export function proposals(variables: Variable[]): Proposal[] {
  const judged = variables.map((variable) => ({ ...variable, ...judge(variable.name, variable.value) }));
  const secrets = judged.filter(({ isCertain, value }) => isCertain && value.length >= 6 && !/^\p{L}+$/u.test(value));
  return judged.map((one) => {
    const held = secrets.find(({ name, value }) => !one.isCertain && name !== one.name && one.value.includes(value));
    return held === undefined
      ? one
      : { ...one, kind: "secret", why: `its value holds that of ${held.name}`, isCertain: true };
  });
}

const refusal = ({ name, why }: Proposal, path: string): string =>
  `${name} would be readable by everybody who has the settings, and ${why}; make it a secret, or, if it is none, set it yourself: pulumi config set --path '${path}.${name}'`;

/**
 * @param names all of the file, also of those that are not asked for
 * @param path of plain settings
 * @throws Error for a name that the file does not have, that is told twice, or that would show a secret
 */
export function checkTold(all: Proposal[], names: string[], { secret, plain }: Told, path: string): void {
  for (const [option, told] of [["--secret", secret] as const, ["--plain", plain] as const]) {
    const unknown = told.find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    const meant = didYouMean(unknown, names);
    throw new Error(`${option} ${unknown}: the file has no such name${meant ? `; did you mean ${meant}?` : ""}`);
  }
  const both = plain.find((name) => secret.includes(name));
  if (both !== undefined) throw new Error(`${both} cannot be both --secret and --plain; keep one of them`);
  const shown = all.find(({ name, isCertain }) => isCertain && plain.includes(name));
  if (shown !== undefined) throw new Error(`--plain ${refusal(shown, path)}`);
}

/**
 * @param ask undefined where the proposals are taken
 * @returns what is left of them; those that a person leaves out are not among them
 */
export async function decide(
  all: Proposal[],
  { secret, plain }: Told,
  ask: Ask | undefined,
  path: string,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const proposal of all) {
    const { name, value } = proposal;
    const told = secret.includes(name) ? "secret" : plain.includes(name) ? "plain" : undefined;
    const kind = told ?? (ask === undefined ? proposal.kind : await answered(proposal, ask, path));
    if (kind !== undefined) choices.push({ name, value, kind });
  }
  return choices;
}

/** Undefined for one that is left out. */
async function answered(proposal: Proposal, ask: Ask, path: string): Promise<Kind | undefined> {
  const { name, kind, why, isCertain } = proposal;
  for (let told = ""; ; ) {
    const question = `${told}${name}${why === undefined ? "" : ` (${why})`}: secret, plain or leave it out? [${kind}]: `;
    const answer = ((await ask(question)) ?? kind).toLowerCase();
    if ("secret".startsWith(answer)) return "secret";
    if ("leave it out".startsWith(answer)) return undefined;
    if ("plain".startsWith(answer) && !isCertain) return "plain";
    told = "plain".startsWith(answer) ? `${refusal(proposal, path)}\n` : "Answer s, p or l.\n";
  }
}
