/** Ctrl-C while something runs that must end in its own way: it is told once, and waited for. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class Interrupts {
  /** How many there were. */
  count = 0;
  #told: (() => void) | undefined;
  readonly #heard = (): void => {
    this.count += 1;
    // A second one would end `pulumi` at once, and leave its lock.
    if (this.count === 1) this.#told?.();
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#heard);
  }

  /** @param tell is called once, at the first interrupt, until what runs has ended */
  async during<T>(tell: () => void, running: Promise<T>): Promise<T> {
    this.#told = tell;
    if (this.count > 0) tell();
    try {
      return await running;
    } finally {
      this.#told = undefined;
    }
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.#heard);
  }
}
