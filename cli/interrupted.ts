/** Ctrl-C where something would be left half-done. */

/** What was under way was ended by Ctrl-C. */
export class Interrupted extends Error {}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs what must end by itself, or be taken back: a signal ends the programs that it starts, but not this one. */
export function withoutInterruption<T>(act: () => T): T {
  const stay = (): void => {};
  for (const signal of SIGNALS) process.on(signal, stay);
  try {
    return act();
  } finally {
    for (const signal of SIGNALS) process.off(signal, stay);
  }
}
