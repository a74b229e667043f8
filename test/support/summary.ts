/** Adds up vitest's JSON reports and prints the closing line: `summary.ts <exit code so far> <report>…`. */
import { readFileSync } from "node:fs";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

const [codeSoFar, ...files] = process.argv.slice(2);
const reports = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
const sum = (count: (report: Report) => number): number => reports.reduce((total, report) => total + count(report), 0);
// A file that could not be loaded has no tests of its own, and is a failure all the same.
const unloaded = (report: Report): number => report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;

const passed = sum((report) => report.numPassedTests);
const found = sum((report) => report.numFailedTests + unloaded(report));
// Something else went wrong: types, or a run that ended early.
const failed = found === 0 && codeSoFar !== "0" ? 1 : found;
const skipped = sum((report) => report.numPendingTests);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
