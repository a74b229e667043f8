/** What onHost.sh reports of a case, a line of JSON each. */
export interface Ran {
  name: string;
  code: number;
  output: string;
  seconds: number;
  /** The call that was harmed, as the shim wrote it; empty when it was not reached. */
  hit: string;
}

export interface World {
  name: string;
  /** Different answers through the proxy: body and status. */
  answers: string[];
  containers: { id: string; name: string; state: string; service: string; oneOff: boolean; policy: string }[];
  helpers: string[];
  /** Confirmed releases whose files are not whole. */
  broken: string[];
  files: string[];
  /** A checksum of the neighbour's containers, files and answer. */
  neighbour: string;
  ledgerError: string;
  ledger: string;
  journal: string;
  deployment: string;
  inspect: { version: string; underway: unknown; differences: string[] } | null;
}

export interface Seen {
  setup: Ran | undefined;
  act: Ran;
  after: World;
  recover: Ran;
  recovered: World;
  converge: Ran;
  converged: World;
}

export function parseSeen(text: string): Seen {
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return Object.fromEntries(lines.map((line) => [JSON.parse(line).name, JSON.parse(line)])) as unknown as Seen;
}

/** The version that alone answers, or what is answered instead. */
export function answering({ answers }: World): string {
  if (answers.length !== 1) return answers.join(" | ");
  const [, version] = /"version":\s*"([^"]*)".* 200$/.exec(answers[0]!) ?? [];
  return version ?? answers[0]!;
}
