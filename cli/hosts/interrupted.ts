/** Work that goes on until Ctrl-C. */

/** As a shell writes it for a process that a signal ended. */
const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * @param work ends soon after its signal, with everything that it began
 * @returns the exit code: 130 where it was interrupted, 0 where it ended by itself
 */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of SIGNALS) process.once(signal, end);
  // Whoever reads it has read enough.
  process.stdout.once("error", end);
  try {
    await work(ending.signal);
    return ending.signal.aborted ? INTERRUPTED : 0;
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    process.stdout.off("error", end);
  }
}
