/** Adds up vitest's JSON reports and prints the closing line: `summary.ts <folder of reports> <project>…`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const [folder = ".", ...projects] = process.argv.slice(2);
const read = (project: string): Report | undefined => {
  const file = join(folder, `${project}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) as Report : undefined;
};
const reports = projects.map(read);
const sum = (count: (report: Report) => number): number => reports.reduce((total, report) => total + (report ? count(report) : 0), 0);
// A file that could not be loaded or set up has no failed test, and a project without report ended early: failures all the same.
const unloaded = (report: Report): number =>
  report.testResults.filter((file) => file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed")).length;

const passed = sum((report) => report.numPassedTests);
const found = sum((report) => report.numFailedTests + unloaded(report)) + reports.filter((report) => !report).length;
// Something else went wrong: types, or an error outside of tests.
const failed = found === 0 && existsSync(join(folder, "failed")) ? 1 : found;
const skipped = sum((report) => report.numPendingTests);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
