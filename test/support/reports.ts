/** What vitest's JSON reports of several projects come to. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface Report {
  numPassedTests: number;
  numPendingTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

export interface Summary {
  passed: number;
  skipped: number;
  /** Each with its file and what it says, as the reports of several lanes are long, and only the end of a log is read. */
  failures: string[];
}

/** Adds up the reports `<project>.json` of a folder, in which the file `failed` has a line for each program that ended with an error. */
export function summarise(folder: string, projects: readonly string[]): Summary {
  const summary: Summary = { passed: 0, skipped: 0, failures: [] };
  for (const project of projects) {
    const report = read(join(folder, `${project}.json`));
    summary.passed += report?.numPassedTests ?? 0;
    summary.skipped += report?.numPendingTests ?? 0;
    summary.failures.push(...(report ? failuresOf(report) : [`the project ${project} ended without a report`]));
  }
  // Vitest ends with an error for each failed test, which has a line already, and for what failed outside of one.
  const programs = failedPrograms(folder).filter((program) => program !== "vitest" || summary.failures.length === 0);
  summary.failures.push(...programs.map((program) => `${program} ended with an error: see what it printed above`));
  return summary;
}

/** The line that ends a run; a run in which nothing passed is none that succeeded. */
export const closingLine = ({ passed, skipped, failures }: Summary): string =>
  `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

const failedPrograms = (folder: string): string[] =>
  existsSync(join(folder, "failed")) ? readFileSync(join(folder, "failed"), "utf8").split("\n").filter(Boolean) : [];

function read(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** Failed tests, and files without one that could not be loaded or set up. */
function failuresOf(report: Report): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const at = relative(process.cwd(), name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0) return status === "failed" ? [`${at}\n${excerpt(message)}`] : [];
    return tests.map(({ fullName, failureMessages }) => `${at}: ${fullName}\n${excerpt(failureMessages.join("\n"))}`);
  });
}

/** A failure's message without the frames of libraries: at most 40 lines, and of a long one (what a program said) the end. */
function excerpt(message: string): string {
  const lines = message.split("\n").filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line));
  return [...lines.slice(0, 40), ...(lines.length > 40 ? ["…"] : [])].map((line) => `    ${bothEnds(line)}`).join("\n");
}

const bothEnds = (line: string): string => (line.length > 7000 ? `${line.slice(0, 500)} … ${line.slice(-6000)}` : line);
