/** What programs of this machine answer. */
import { execFile } from "node:child_process";

export interface Answer {
  code: number;
  output: string;
  errors: string;
}

/** A program that hangs does not answer. */
const LIMIT_MS = 30_000;

/** @returns undefined where there is no such program on PATH */
export function answerOf(program: string, ...words: string[]): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, output, errors) => {
      if (error?.code === "ENOENT") resolve(undefined);
      else if (error?.killed) resolve({ code: -1, output, errors: `it did not answer within ${LIMIT_MS / 1000} s` });
      else resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, output, errors });
    });
  });
}

/** The last line that says something, without what `pulumi` puts before it. */
export const lastWords = ({ errors, output, code }: Answer): string =>
  (errors.trim() || output.trim())
    .split("\n")
    .at(-1)!
    .replace(/^error: /, "")
    .slice(0, 300) || `it ended with ${code}`;
