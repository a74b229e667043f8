/** Names what failed in vitest's JSON reports, adds them up and prints the closing line: `summary.ts <folder of reports> <project>…`. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

const [folder = ".", ...projects] = process.argv.slice(2);
const read = (project: string): Report | undefined => {
  const file = join(folder, `${project}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
};
const reports = projects.map(read);
const sum = (count: (report: Report) => number): number =>
  reports.reduce((total, report) => total + (report ? count(report) : 0), 0);
// A file that could not be loaded or set up has no failed test, and a project without report ended early: failures all the same.
const unloaded = (report: Report): number =>
  report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed"),
  ).length;

/** Each failure with its file and what it says, as the reports of several lanes are long, and only the end of a log is read. */
function failures(report: Report): string[] {
  return report.testResults
    .filter(({ status }) => status === "failed")
    .flatMap((file) => {
      const at = relative(process.cwd(), file.name);
      const tests = file.assertionResults.filter(({ status }) => status === "failed");
      return tests.length === 0
        ? [`${at}\n${excerpt(file.message)}`]
        : tests.map(({ fullName, failureMessages }) => `${at}: ${fullName}\n${excerpt(failureMessages.join("\n"))}`);
    });
}

/** A failure's message without the frames of libraries, at most 40 lines of it. */
function excerpt(message: string): string {
  const lines = message.split("\n").filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line));
  return [...lines.slice(0, 40), ...(lines.length > 40 ? ["…"] : [])].map((line) => `    ${line}`).join("\n");
}

const passed = sum((report) => report.numPassedTests);
const found = sum((report) => report.numFailedTests + unloaded(report)) + reports.filter((report) => !report).length;
// Something else went wrong: types, or an error outside of tests.
const failed = found === 0 && existsSync(join(folder, "failed")) ? 1 : found;
const skipped = sum((report) => report.numPendingTests);
reports.forEach((report, index) => {
  if (!report) console.log(`FAILED  the project ${projects[index]} ended without a report`);
  else for (const failure of failures(report)) console.log(`FAILED  ${failure}`);
});
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
