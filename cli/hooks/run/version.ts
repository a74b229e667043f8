/** The version that a commit asks for, tagged at once. */
import { fits } from "../../../components/versions/next.ts";
import { HOOK_RUNNING } from "../../version/apply.ts";
import type { Git } from "../../version/git.ts";
import { readUnits } from "../../version/plan.ts";
import { renderVersions } from "../../version/report.ts";
import { version } from "../../version/version.ts";
import { INTERRUPTED, outliving } from "./command.ts";
import type { Say } from "./say.ts";

/** @returns the exit code  @throws Error where a version is due and cannot be */
export async function tagVersion(git: Git, say: Say): Promise<number> {
  const { branch } = git;
  const patterns = readUnits(git)[0]?.rules.branches ?? [];
  if (branch === undefined || !patterns.some((pattern) => fits(branch, pattern))) return 0;
  process.env[HOOK_RUNNING] = "post-commit";
  // Git itself is ended by Ctrl-C, and what it had done so far is taken back.
  const watch = outliving();
  try {
    const report = version(git.root, { tag: true });
    if (report.done !== "nothing")
      process.stderr.write(
        renderVersions(report)
          .replaceAll(/^/gm, "slipway: ")
          .replace(/slipway: $/, ""),
      );
    return 0;
  } catch (error) {
    // A signal that came while git ran is told of afterwards.
    await new Promise((resolve) => setImmediate(resolve));
    const how = watch.wasInterrupted() ? "ended by Ctrl-C" : (error as Error).message;
    say(`no version is tagged: ${how}\nslipway: slipway version --tag tags it; the next commit does, too`);
    return watch.wasInterrupted() ? INTERRUPTED : 1;
  } finally {
    watch.end();
  }
}
