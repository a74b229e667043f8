/** Who may move next, and what becomes of it: each step done or failing, each process killed between any two. */
import { CALLS, type Calls, WITHOUT_EFFECT } from "./calls.ts";
import { removeContainer } from "./containers.ts";
import { DEPLOY, DEPLOYER, leaveUnstaged, RECOVER, stage } from "./deploy.ts";
import { SETTLE } from "./settle.ts";
import { copyOf, type Holder, type Release, type Setting, type State } from "./state.ts";
import { type Context, codeOf, fail, has, type Steps } from "./steps.ts";
import { ROUTE, WORK, wantedRoute } from "./work.ts";
import { WRITE_DOWN } from "./writeDown.ts";

export interface Move {
  /** Who moves, and by which step. */
  readonly by: string;
  readonly step: string;
  /** `done` is what happens when nothing fails. */
  readonly how: "done" | "otherwise" | "fails" | "killed" | "dies" | "comes";
  readonly state: State;
  readonly says: readonly string[];
}

const STEPS: Steps = { ...WORK, ...ROUTE, ...SETTLE, ...WRITE_DOWN, ...DEPLOYER };

export class Machine {
  readonly setting: Setting;
  private readonly calls: Calls;

  constructor(setting: Setting) {
    this.setting = setting;
    this.calls = setting.faults.includes("others go before what serves is read") ? removingFirst(CALLS) : CALLS;
  }

  moves(state: State): Move[] {
    return [...this.ofHolder(state), ...this.arriving(state), ...this.deaths(state)];
  }

  /** What the holder of the lock does when nothing fails. */
  done(state: State): Move | undefined {
    return this.ofHolder(state, true)[0];
  }

  private ofHolder(state: State, plainly = false): Move[] {
    const { holder } = state;
    if (!holder) return [];
    const name = holder.todo[0]!;
    const step = stepOf(name);
    const by = holder.todo.includes("outcome")
      ? "settle"
      : isWorking(holder)
        ? "rollout"
        : holder.release
          ? "deployer"
          : "recovery";
    const change = (how: Move["how"], run: (context: Context) => void): Move => {
      const context = this.contextOf(state, name);
      context.state.holder!.todo.shift();
      run(context);
      this.normalise(context);
      return { by, step: name, how, state: context.state, says: context.says };
    };
    const moves = [change("done", (context) => step.run?.(context))];
    if (plainly) return moves;
    for (const run of step.or ?? []) moves.push(change("otherwise", run));
    if (step.fails) moves.push(change("fails", (context) => this.failing(context)));
    return [...moves, ...this.kills(state, by, name)];
  }

  /** A step that fails ends its process, or with errexit switched off, nothing. */
  private failing(context: Context): void {
    const settling = context.state.holder!.todo.includes("outcome");
    if (settling && has(context, "a write that fails is passed over")) return;
    fail(context, codeOf(context.state));
  }

  private kills(state: State, by: string, step: string): Move[] {
    const { todo } = state.holder!;
    const killed = (holder: Holder | null): Move => {
      const context = this.contextOf(state, step);
      context.state.holder = holder;
      this.normalise(context);
      return { by, step, how: "killed", state: context.state, says: [] };
    };
    const end = todo.indexOf(")");
    // With containers that end by themselves, too, there would be ten times as many states.
    if (end === -1 || this.setting.deaths !== "none") return [killed(null)];
    // The child alone, all of them, or who waits for the child alone.
    const child = { ...state.holder!, code: 137, todo: todo.slice(end + 1) };
    return [killed(child), killed(null), killed({ ...state.holder!, todo: todo.slice(0, end + 1) })];
  }

  /** Lists of calls are not steps: their first call is. Whoever has nothing left to do drops the lock. */
  private normalise(context: Context): void {
    const { state } = context;
    while (state.holder) {
      const { todo } = state.holder;
      const name = todo[0];
      if (name === undefined) state.holder = null;
      else if (name === ")") Object.assign(state.holder, { code: 0, todo: todo.slice(1) });
      else {
        const calls = this.expand(state, name);
        if (!calls) return;
        todo.splice(0, 1, ...calls);
      }
    }
  }

  private expand(state: State, name: string): readonly string[] | undefined {
    const { holder, journal } = state;
    const [word, detail] = name.split(" ");
    // The one service ran before, or it did not.
    const ranBefore = journal !== null && journal.present.length > 0;
    if (word === "each_strategy") return ranBefore ? [`${this.setting.strategy}_${detail}`] : [];
    if (name.endsWith("_early") && ranBefore) return [];
    if (name === "install_route") return this.installRoute(state);
    if (name === "settle_before_deploying" && !journal) return [];
    if (name === "conclude" && !journal) return [];
    if (name === "write_down_new" && holder!.side === "before") return [];
    if (name === "write_down_old" && holder!.side === "after") return [];
    if (name.startsWith("conclude")) Object.assign(holder!, { code: 0, side: "before", problem: false });
    if (WITHOUT_EFFECT.includes(name)) return [];
    if (STEPS[name] ?? STEPS[word!]) return undefined;
    const calls = this.calls[name];
    if (!calls) throw new Error(`the model does not know ${name}`);
    return calls;
  }

  private installRoute(state: State): string[] {
    const after = copyOf(state);
    after.holder!.todo.shift();
    const wanted = wantedRoute({ setting: this.setting, state: after, words: [], says: [] });
    const loaded = this.setting.faults.includes("a file counts as loaded") || state.loaded === wanted;
    if (state.route === wanted && loaded) return [];
    const words = [wanted, wanted, state.route];
    return this.calls.replace_route!.map((call, index) => `${call} ${words[index]}`);
  }

  /** Deployers stage without the lock, at any time; with it, one begins or, refused, leaves. The recovery needs a journal. */
  private arriving(state: State): Move[] {
    const { setting } = this;
    const moves: Move[] = [];
    const come = (step: string, change: (context: Context) => void): void => {
      const context = this.contextOf(state, step);
      change(context);
      this.normalise(context);
      moves.push({
        by: step === "recover" ? "recovery" : "deployer",
        step,
        how: "comes",
        state: context.state,
        says: [],
      });
    };
    for (const release of setting.releases) {
      if (setting.deaths === "none" && !state.staged.includes(release))
        come("stage", (context) => stage(context.state, release));
      if (state.holder) continue;
      come("obtain_lock", (context) => void (context.state.holder = holderOf(release)));
      if (setting.deaths === "none") come("leave_unstaged", (context) => leaveUnstaged(context, release));
    }
    if (!state.holder && state.journal) come("recover", (context) => void (context.state.holder = holderOf(null)));
    return moves;
  }

  recovering(state: State): State {
    return this.starting(state, holderOf(null));
  }

  deploying(state: State, release: Release): State {
    return this.starting(state, holderOf(release));
  }

  private starting(state: State, holder: Holder): State {
    const next = { ...copyOf(state), holder };
    const context = this.contextOf(next, "");
    this.normalise(context);
    return context.state;
  }

  private deaths(state: State): Move[] {
    const { deaths } = this.setting;
    if (deaths === "none" || state.died !== "not") return [];
    return state.containers
      .filter(({ state: is }) => is === "running")
      .map(({ id }) => {
        const next = copyOf(state);
        next.died = "since";
        if (deaths === "go") removeContainer(next, id);
        else next.containers.find((container) => container.id === id)!.state = "exited";
        return { by: "container", step: deaths, how: "dies", state: next, says: [] };
      });
  }

  private contextOf(state: State, name: string): Context {
    return { setting: this.setting, state: copyOf(state), words: name.split(" ").slice(1), says: [] };
  }
}

const holderOf = (release: Release | null): Holder => ({
  release,
  side: "before",
  code: 0,
  problem: false,
  todo: release ? [...DEPLOY] : [...RECOVER],
});

/** A holder that has a process of the rollout below it. */
const isWorking = ({ todo }: Holder): boolean =>
  todo.includes("phase confirmed") || (todo.includes(")") && !todo.includes("outcome"));

const stepOf = (name: string) => (STEPS[name] ?? STEPS[name.split(" ")[0]!])!;

/** The order that the scripts once had: what is not wanted goes first. */
const removingFirst = (calls: Calls): Calls => ({
  ...calls,
  command_settle: calls.command_settle!.flatMap((name) =>
    name === "restore" ? ["remove_others", name] : name === "remove_others" ? [] : [name],
  ),
});
