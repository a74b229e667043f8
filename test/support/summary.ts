/** Names what failed in vitest's JSON reports and prints the closing line: `summary.ts <folder of reports> <project>…`. */
import { closingLine, summarise } from "./reports.ts";

const [folder = ".", ...projects] = process.argv.slice(2);
const summary = summarise(folder, projects);
for (const failure of summary.failures) console.log(`FAILED  ${failure}`);
console.log(closingLine(summary));
process.exit(summary.failures.length === 0 && summary.passed > 0 ? 0 : 1);
