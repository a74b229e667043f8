/** A reporter for vitest: writes what each file took, hooks included, into the file that SLIPWAY_TEST_TIMES names. */
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

export default class TimesReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const seconds = module.diagnostic().duration / 1000;
    const file = process.env.SLIPWAY_TEST_TIMES;
    if (file) appendFileSync(file, `${seconds.toFixed(1)} ${relative(process.cwd(), module.moduleId)}\n`);
  }
}
