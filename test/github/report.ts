/** What the check found, a row for each thing, printed as soon as it is known. */

export const OUTCOMES = ["pass", "fail", "the plan lacks it", "not tried"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Row {
  step: string;
  what: string;
  outcome: Outcome;
  detail: string;
}

const WIDTH = Math.max(...OUTCOMES.map(({ length }) => length)) + 2;

export class Report {
  readonly rows: Row[] = [];
  readonly #hidden: string[];
  readonly #print: (line: string) => void;
  #step = "";

  /** @param hidden values that no line may show */
  constructor(hidden: (string | undefined)[], print: (line: string) => void = console.log) {
    this.#hidden = hidden.filter((value) => value !== undefined && value !== "") as string[];
    this.#print = print;
  }

  /** Begins a step; the rows that follow belong to it. */
  begin(step: string): void {
    this.#step = step;
    this.say(`\n${step}`);
  }

  say(line: string): void {
    this.#print(this.clean(line));
  }

  /** A text without the values that are hidden. */
  clean(text: string): string {
    return this.#hidden.reduce((line, value) => line.replaceAll(value, "***"), text);
  }

  row(what: string, outcome: Outcome, detail: string): void {
    const row = { step: this.#step, what, outcome, detail: this.clean(detail) };
    this.rows.push(row);
    this.say(`  ${outcome.padEnd(WIDTH)}${what}: ${detail}`);
  }

  /** A row for what was expected and what was seen. */
  compare(what: string, expected: string, seen: string, holds: boolean): void {
    this.row(what, holds ? "pass" : "fail", holds ? seen : `expected ${expected}; saw ${seen}`);
  }

  count = (outcome: Outcome): number => this.rows.filter((row) => row.outcome === outcome).length;

  /** The last line. */
  get summary(): string {
    return `${this.count("pass")} passed, ${this.count("fail")} failed, ${this.count("the plan lacks it")} lacking in the plan, ${this.count("not tried")} not tried`;
  }
}
