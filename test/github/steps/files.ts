import { parse } from "yaml";
import { filesOf } from "../expected.ts";
import { until } from "../gh.ts";
import { fileOf, type Scene } from "../scene.ts";

/** Merges the managed files, as the administrator; then the workflows are there, with the checks that the rules require. */
export async function files(scene: Scene): Promise<void> {
  const { report, administrator, R } = scene;
  report.begin("5. Managed files come by a pull request, with the checks that a merge requires");
  const open: any[] = await administrator.read(`${R}/pulls`);
  const pull = open.find(({ head }) => head.ref.startsWith("slipway/managed-files-"));
  report.compare(
    "a pull request",
    "one of Slipway's",
    pull ? `#${pull.number} "${pull.title}"` : "none",
    pull !== undefined,
  );
  if (!pull) return;
  // Right after a change of either branch GitHub still computes whether they fit.
  const merged = await until(60, async () => {
    const said = await administrator.ask("PUT", `${R}/pulls/${pull.number}/merge`, { merge_method: "squash" });
    return /not mergeable|was modified/.test(said.said) ? undefined : said;
  });
  report.compare("an administrator merges it", "200", merged?.said ?? "no answer in a minute", merged?.status === 200);
  if (merged?.status !== 200) return;

  const declared = await filesOf(scene);
  const unlike: string[] = [];
  for (const [path, text] of Object.entries(declared)) if ((await fileOf(scene, path)) !== text) unlike.push(path);
  const count = `${Object.keys(declared).length} files`;
  report.compare(
    "files on main",
    `${count} as declared`,
    unlike.length === 0 ? count : `others in ${unlike.join(", ")}`,
    unlike.length === 0,
  );
  const known = await until(60, async () => {
    const { workflows } = await administrator.read(`${R}/actions/workflows`);
    const names: string[] = workflows.map(({ path }: { path: string }) => path.split("/").at(-1)).sort();
    return names.length >= 4 ? names : undefined;
  });
  report.compare(
    "workflows",
    "ci.yml, deploy.yml, release.yml, rollback.yml",
    known?.join(", ") ?? "fewer than four",
    known?.join() === "ci.yml,deploy.yml,release.yml,rollback.yml",
  );
  await requiredChecks(scene, declared);
  const up = await scene.project.up(["--refresh"]);
  report.compare("pulumi up --refresh after the merge", "exit code 0", `exit code ${up.code}`, up.code === 0);
}

async function requiredChecks({ report, administrator, R }: Scene, files: Record<string, string>): Promise<void> {
  const rules: any[] = await administrator.read(`${R}/rules/branches/main`);
  const required: any[] = rules.flatMap(({ type, parameters }) =>
    type === "required_status_checks" ? parameters.required_status_checks : [],
  );
  const jobs = Object.entries(files)
    .filter(([path]) => path.startsWith(".github/workflows/"))
    .flatMap(([, text]) => Object.values((parse(text) as { jobs: Record<string, { name?: string }> }).jobs))
    .map(({ name }) => name);
  const names: string[] = required.map(({ context }) => context);
  report.compare(
    "each required check is the name of a job",
    "at least one check, of a job",
    names.map((name) => `"${name}"${jobs.includes(name) ? "" : ", which no job has"}`).join(", ") || "none",
    names.length > 0 && names.every((name) => jobs.includes(name)),
  );
  const others = required.filter(({ integration_id }) => integration_id !== 15368).map(({ context }) => context);
  report.compare(
    "each counts only as GitHub Actions reports it",
    "the app 15368",
    others.length === 0 ? "the app 15368" : `any app for ${others.join(", ")}`,
    others.length === 0,
  );
}
