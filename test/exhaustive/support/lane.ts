/** Runs the cases of one application on a host, one after the other. */
import { expectOk } from "../../support/run.ts";
import { type Act, type Call, type Case, nameOf, parseCall } from "./cases.ts";
import { type Before, judge, outcome } from "./judge.ts";
import type { Place } from "./place.ts";
import { callOf } from "./prepare.ts";
import { BAD, GOOD, other, type Scene } from "./scenes.ts";
import { answering, parseSeen, type Seen, type World } from "./seen.ts";

export interface Result {
  name: string;
  /** What was harmed. */
  call: Call | undefined;
  outcome: string;
  /** What does not hold. */
  open: string[];
  seconds: number;
  seen: Seen;
}

/** The request of verification: where a deployment of `recovery` is killed, its containers run and nothing is confirmed. */
const KILLED_AT = ({ command, program, words }: Call): boolean =>
  command === "work" && program === "curl" && words.includes("/api/v1/version");

export class Lane {
  readonly place: Place;
  readonly scene: Scene;
  private before: Before | undefined;
  private killAt = 0;

  constructor(place: Place, scene: Scene) {
    this.place = place;
    this.scene = scene;
  }

  private async tell(line: string): Promise<string> {
    return expectOk(await this.place.exec(callOf(this.scene), `${line}\n`, 600)).stdout;
  }

  private async world(): Promise<World> {
    return JSON.parse((await this.tell("world")).split("\n")[0]!);
  }

  /** What a case starts from: the world as the last one left it. */
  private async start(): Promise<Before> {
    if (this.before) return this.before;
    const world = await this.world();
    const version = answering(world);
    if (!GOOD.some((one) => one === version) || world.journal !== "")
      throw new Error(`${this.scene} is not ready: ${JSON.stringify(world)}`);
    return (this.before = { version, neighbour: world.neighbour });
  }

  private async line({ act, command, number, harm }: Pick<Case, "act"> & Partial<Case>): Promise<string> {
    const { version } = await this.start();
    const harmed = command === undefined ? "none 0 none" : `${command} ${number} ${harm}`;
    if (act === "rollout") return `deploy ${other(version)} ${other(version)} ${harmed}`;
    if (act === "revert") return `deploy ${BAD} ${version} ${harmed}`;
    return `recover - ${other(version)} ${harmed} ${other(version)} work ${await this.whereToKill()}`;
  }

  private async whereToKill(): Promise<number> {
    if (this.killAt === 0) this.killAt = (await this.calls("rollout")).find(KILLED_AT)?.number ?? 0;
    if (this.killAt === 0) throw new Error(`a rollout of ${this.scene} makes no request to verify it`);
    return this.killAt;
  }

  /** All calls of a run without harm. */
  async calls(act: Act): Promise<Call[]> {
    const before = await this.start();
    const text = await this.tell(await this.line({ act }));
    const problems = judge(parseSeen(text), before, this.finalOf(act, before), undefined, false);
    if (problems.length > 0)
      throw new Error(`${this.scene}, ${act}, without any harm: ${problems.join("; ")}\n${text}`);
    this.forget(text);
    const { lines } = JSON.parse(await this.tell("log"));
    return lines.map(parseCall).filter(({ command }: Call) => command !== "none");
  }

  private finalOf(act: Act, { version }: Before): string {
    return act === "revert" ? version : other(version);
  }

  private forget(text: string): void {
    const { converged } = parseSeen(text);
    const version = converged && answering(converged);
    // After a case that stays open the next one looks for itself, and fails where it cannot start.
    this.before =
      version !== undefined && GOOD.some((one) => one === version) && converged.journal === ""
        ? { version, neighbour: converged.neighbour }
        : undefined;
  }

  async run(one: Case): Promise<Result> {
    const startedAt = performance.now();
    const before = await this.start();
    const final = this.finalOf(one.act, before);
    const text = await this.tell(await this.line(one));
    const seen = parseSeen(text);
    const wanted = one.act === "rollout" ? final : undefined;
    const killed = ["kill", "hang", "worker"].includes(one.harm);
    const open = judge(seen, before, final, wanted, killed);
    this.forget(text);
    return {
      name: nameOf(one),
      call: seen.act?.hit ? parseCall(seen.act.hit.trim()) : undefined,
      outcome: open.length > 0 ? "OPEN" : outcome(seen, wanted),
      open,
      seconds: (performance.now() - startedAt) / 1000,
      seen,
    };
  }
}
