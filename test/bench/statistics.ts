/** What a list of samples says. Times are in seconds unless the name says otherwise. */
export interface Measured {
  median: number;
  samples: number[];
  runs: number;
}

export interface Compared extends Measured {
  floor: Measured;
  /** Median against the floor's median. */
  ratio: number;
  /** Median minus the floor's median. */
  over_floor: number;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const value = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return sorted.length === 0 ? Number.NaN : value;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export function measured(samples: number[]): Measured {
  return { median: rounded(median(samples)), samples: samples.map(rounded), runs: samples.length };
}

export function compared(samples: number[], floor: number[]): Compared {
  const over = median(samples) - median(floor);
  return {
    ...measured(samples),
    floor: measured(floor),
    ratio: rounded(median(samples) / median(floor)),
    over_floor: rounded(over),
  };
}

/** Median against median. */
export const ratio = (one: Measured, other: Measured): number => rounded(one.median / other.median);

/** Median of each key over all records; a key that a record lacks counts as 0. */
export function medians(records: Record<string, number>[]): Record<string, number> {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(keys.map((key) => [key, rounded(median(records.map((record) => record[key] ?? 0)))]));
}

export interface Verdict {
  target: string;
  /** null where it could not be measured. */
  met: boolean | null;
}

/** `text` with a verdict: what was wanted, and whether it was reached. */
export function target(text: string, met: boolean | null): Verdict {
  return { target: text, met };
}

/** @param unit what the numbers count, such as `s over the floor` */
export function atMost(most: number, unit: string, value: number | null): Verdict {
  return target(`at most ${most} ${unit}`, value === null ? null : value <= most);
}
