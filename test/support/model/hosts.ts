/**
 * Two hosts and the program that deploys to both: which rounds of messages are needed so that they run one version.
 * A host does alone what the other models show; here it is only what its users get and what it waits for.
 */
type Round = "stage" | "deploy" | "prepare" | "confirm";

export interface Rounds {
  /** What is sent; each to all hosts at once, the next only when all have said yes. */
  readonly rounds: readonly Round[];
  /** What is staged is kept for the deployment that staged it. */
  readonly reserves: boolean;
  /** A promise ends only after the program has had its time to ask all and to tell all. */
  readonly promiseLasts: boolean;
  /** A promise is on the disk: a host that crashed goes on waiting for the word. */
  readonly promiseSurvives: boolean;
}

interface Host {
  readonly users: "old" | "new";
  /** `active` and `promised` go back without a word. */
  readonly at: "idle" | "reserved" | "active" | "promised" | "confirmed";
  readonly taken: boolean;
}

interface State {
  readonly hosts: readonly [Host, Host];
  /** The place in `rounds`; -1: it has ended or was killed. */
  readonly round: number;
  readonly answers: readonly ("" | "yes" | "no")[];
  /** A message or its answer was lost, a host crashed, or the program was killed. */
  readonly lost: "never" | "before the confirmations" | "among them";
  readonly told: boolean;
  readonly killed: boolean;
}

const BOTH = [0, 1] as const;
const idle: Host = { users: "old", at: "idle", taken: false };

export interface FoundRule {
  readonly rule: string;
  readonly trace: readonly string[];
}

export function searchHosts(rounds: Rounds): { states: number; mixed: number; found: FoundRule | undefined } {
  const first: State = { hosts: [idle, idle], round: 0, answers: ["", ""], lost: "never", told: false, killed: false };
  const seen = new Map<string, readonly string[]>([[JSON.stringify(first), []]]);
  const open = [first];
  let mixed = 0;
  for (const state of open) {
    const trace = seen.get(JSON.stringify(state))!;
    if (rests(state) && differ(state)) mixed++;
    const rule = brokenRule(state);
    if (rule) return { states: seen.size, mixed, found: { rule, trace } };
    for (const [what, next] of moves(rounds, state)) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.set(key, [...trace, what]);
      open.push(next);
    }
  }
  return { states: seen.size, mixed, found: undefined };
}

const rests = ({ round, hosts }: State): boolean =>
  round === -1 && hosts.every(({ at }) => at === "idle" || at === "confirmed");
const differ = ({ hosts: [one, other] }: State): boolean => one.users !== other.users;

function brokenRule(state: State): string | undefined {
  if (state.hosts.some(({ at }) => at === "active") && state.hosts.some(({ taken }) => taken))
    return "a host was switched while another was held by somebody else";
  if (!rests(state) || !differ(state)) return;
  if (state.lost !== "among them") return "hosts differ though nothing was lost among the confirmations";
  if (!state.told && !state.killed) return "hosts differ, and the program that did it ended well";
  return;
}

function moves(rounds: Rounds, state: State): [string, State][] {
  const found: [string, State][] = [];
  const round = rounds.rounds[state.round];
  const among = round === "confirm" || state.lost === "among them";
  const loses = (next: State): State => ({
    ...next,
    lost: among ? "among them" : "before the confirmations",
  });
  const change = (index: number, host: Partial<Host>, from: State = state): State => ({
    ...from,
    hosts: BOTH.map((at) => (at === index ? { ...from.hosts[at], ...host } : from.hosts[at])) as unknown as [
      Host,
      Host,
    ],
  });
  const answer = (index: number, said: "yes" | "no", from: State): State => ({
    ...from,
    answers: BOTH.map((at) => (at === index ? said : from.answers[at]!)),
  });
  for (const at of BOTH) {
    const host = state.hosts[at];
    const name = `host ${at + 1}`;
    if (round && state.answers[at] === "") {
      const next = does(round, host, rounds);
      if (next) {
        found.push([`${name} does ${round}`, answer(at, "yes", change(at, next))]);
        found.push([`${name} does ${round}, the answer is lost`, loses(answer(at, "no", change(at, next)))]);
      } else found.push([`${name} refuses ${round}`, answer(at, "no", state)]);
      found.push([`${round} does not reach ${name}`, loses(answer(at, "no", state))]);
    }
    const waits = host.at === "active" || (host.at === "promised" && !(rounds.promiseLasts && asks(state, at)));
    if (waits) found.push([`the time of ${name} is over`, change(at, { users: "old", at: "idle" })]);
    if (host.at === "active" || (host.at === "promised" && !rounds.promiseSurvives))
      found.push([`${name} crashes and goes back`, loses(change(at, { users: "old", at: "idle" }))]);
    const free = host.at === "idle" || (host.at === "reserved" && !rounds.reserves);
    if (free && !host.taken && state.round === 1 && state.answers[at] === "")
      found.push([`somebody else deploys to ${name}`, change(at, { taken: true })]);
  }
  if (state.round !== -1) found.push(["the program is killed", loses({ ...state, round: -1, killed: true })]);
  if (round && state.answers.every((said) => said !== "")) found.push(["all have answered", nextRound(rounds, state)]);
  return found;
}

/** The program still asks or tells, and nothing between it and this host was lost. */
const asks = ({ round, answers }: State, at: number): boolean => round !== -1 && answers[at] !== "no";

function nextRound({ rounds }: Rounds, state: State): State {
  const failed = state.answers.includes("no");
  const ends = failed || state.round === rounds.length - 1;
  return { ...state, round: ends ? -1 : state.round + 1, answers: ["", ""], told: failed };
}

/** What becomes of a host that gets a message; undefined: it says no. */
function does(round: Round, host: Host, { rounds }: Rounds): Partial<Host> | undefined {
  if (host.taken) return;
  if (round === "stage") return { at: "reserved" };
  if (round === "deploy")
    return host.at === "reserved" || !rounds.includes("stage") ? { users: "new", at: "active" } : undefined;
  if (round === "prepare") return host.at === "active" ? { at: "promised" } : undefined;
  return host.at === "active" || host.at === "promised" ? { users: "new", at: "confirmed" } : undefined;
}
