/** Runs the cases of one application on a host, one after the other. */
import { expectOk } from "../../support/run.ts";
import { type Act, type Call, type Case, casesOf, nameOf, parseCall } from "./cases.ts";
import { judge, outcome } from "./judge.ts";
import type { Place } from "./place.ts";
import { callOf } from "./prepare.ts";
import { GOOD, other, type Scene } from "./scenes.ts";
import { answering, parseSeen, type Seen } from "./seen.ts";

export interface Result {
  name: string;
  /** What was harmed. */
  call: Call | undefined;
  outcome: string;
  /** What does not hold. */
  open: string[];
  /** Of the host alone. */
  seconds: number;
  /** Whether a plain deployment was done, or is known to go well from there. */
  converged: boolean;
  seen: Seen;
}

/** The request of verification: where a deployment of `recovery` is killed, its containers run and nothing is confirmed. */
const KILLED_AT = ({ command, program, words }: Call): boolean =>
  command === "work" && program === "curl" && words.includes("/api/v1/version");
/** Of one case: its deployments, and those that make ready after one that stays open. */
const PATIENCE_SECONDS = 600;

export class Lane {
  readonly place: Place;
  readonly scene: Scene;
  private killAt = 0;

  constructor(place: Place, scene: Scene) {
    this.place = place;
    this.scene = scene;
  }

  private async tell(orders: readonly object[]): Promise<Seen[]> {
    const lines = orders.map((order) => `${JSON.stringify(order)}\n`).join("");
    return parseSeen(
      expectOk(await this.place.exec(callOf(this.scene), lines, orders.length * PATIENCE_SECONDS)).stdout,
    );
  }

  private async orderOf(act: Act, more: object): Promise<object> {
    return { act, ...more, ...(act === "recovery" ? { killAt: await this.whereToKill() } : {}) };
  }

  private async whereToKill(): Promise<number> {
    if (this.killAt === 0) this.killAt = (await this.calls("rollout")).find(KILLED_AT)?.number ?? 0;
    if (this.killAt === 0) throw new Error(`a rollout of ${this.scene} makes no request to verify it`);
    return this.killAt;
  }

  /** All calls of a run without harm. */
  async calls(act: Act): Promise<Call[]> {
    const [seen] = await this.tell([await this.orderOf(act, { calls: true })]);
    const problems = judge(seen!, this.finalOf(act, seen!), undefined, false);
    if (problems.length > 0)
      throw new Error(
        `${this.scene}, ${act}, without any harm: ${problems.join("; ")}\n${JSON.stringify(seen, undefined, 2)}`,
      );
    return (seen!.calls?.lines ?? []).map(parseCall).filter(({ command }: Call) => command !== "none");
  }

  /** All cases of an act; says how many there are. */
  async cases(act: Act): Promise<Case[]> {
    const calls = await this.calls(act);
    const { cases, same } = casesOf(this.scene, act, calls);
    console.log(
      `${this.scene} ${act}: ${calls.length} calls, ${cases.length} cases; ${same} more would be the same as one of them`,
    );
    return cases;
  }

  private finalOf(act: Act, { before }: Seen): string {
    const version = answering(before);
    return act === "revert" ? version : act === "first" ? GOOD[0] : other(version);
  }

  /** All of them in one session, as each costs time of its own. */
  async run(cases: readonly Case[]): Promise<Result[]> {
    const orders = await Promise.all(
      cases.map(({ act, command, program, number, harm }) => this.orderOf(act, { command, program, number, harm })),
    );
    const found = await this.tell(orders);
    return cases.map((one, index) => this.resultOf(one, found[index]!));
  }

  private resultOf(one: Case, seen: Seen): Result {
    const final = this.finalOf(one.act, seen);
    const wanted = one.act === "rollout" || one.act === "first" ? final : undefined;
    const killed = ["kill", "hang", "worker"].includes(one.harm);
    const open = judge(seen, final, wanted, killed);
    return {
      name: nameOf(one),
      call: seen.act?.hit ? parseCall(seen.act.hit.trim()) : undefined,
      outcome: open.length > 0 ? "OPEN" : outcome(seen, wanted),
      open,
      seconds: seen.seconds?.seconds ?? 0,
      converged: !seen.alike,
      seen,
    };
  }
}
