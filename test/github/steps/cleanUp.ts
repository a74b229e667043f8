import type { Gh } from "../gh.ts";
import type { Report } from "../report.ts";

/** Deletes the repository if its name and its description both bear the marker of this run, and nothing else ever. */
export async function cleanUp(report: Report, administrator: Gh, R: string, marker: string): Promise<void> {
  report.begin("8. Nothing is left");
  const left = (why: string): void =>
    report.row("the repository", "fail", `${R.slice("/repos/".length)} may be left: ${why}; delete it by hand`);
  try {
    const found = await administrator.ask("GET", R);
    if (found.status === 404) return report.row("the repository", "pass", "there is none");
    if (found.status !== 200) return left(found.said);
    const { name, description } = found.body;
    if (name !== marker || !String(description ?? "").includes(marker))
      return left("its name and description do not bear this run's marker, so it is not touched");
    const deleted = await administrator.ask("DELETE", R);
    if (deleted.status !== 204) return left(deleted.said);
    const after = await administrator.ask("GET", R);
    report.compare("the repository", "404", after.said, after.status === 404);
  } catch (error) {
    left((error as Error).message);
  }
}
