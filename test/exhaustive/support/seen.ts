/** What shim/onhost reports of a case, a line of JSON each. */
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
  networks: string[];
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
  before: World;
  setup?: Ran;
  act: Ran;
  /** What the shims counted, of a run without harm. */
  calls?: { lines: string[] };
  after: World;
  recover: Ran;
  recovered: World;
  /** A plain deployment went well before in a case that came to the same state: it was not done again. */
  alike?: object;
  converge?: Ran;
  converged?: World;
  /** How long all of it took. */
  seconds?: { seconds: number };
}

/** What was seen of each case, in their order. Throws where one could not begin. */
export function parseSeen(text: string): Seen[] {
  return text
    .split("\n\n")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const lines = part
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
      const error = lines.find(({ name }) => name === "error");
      if (error) throw new Error(error.text);
      return Object.fromEntries(lines.map((line) => [line.name, line])) as unknown as Seen;
    });
}

/** What the proxy answers for a domain that it does not know (components/host/proxy.ts). */
const UNKNOWN = "no application has this name here 404";

/** Where nothing of the application is on the host. */
export const NOTHING = "nothing";

/** The version that alone answers, or what is answered instead. */
export function answering({ answers }: World): string {
  if (answers.length !== 1) return answers.join(" | ");
  if (answers[0] === UNKNOWN) return NOTHING;
  const [, version] = /"version":\s*"([^"]*)".* 200$/.exec(answers[0]!) ?? [];
  return version ?? answers[0]!;
}
