import { until } from "../gh.ts";
import type { Scene } from "../scene.ts";

/** Makes the repository by a real `pulumi up`. @returns whether the other steps have anything to look at */
export async function create(scene: Scene): Promise<boolean> {
  const { report, features, declared } = scene;
  report.begin("1. A repository is made by pulumi up");
  if (!features.reviewers)
    report.row(
      "reviewers of environments",
      "the plan lacks it",
      `not declared for a ${declared.visibility} repository`,
    );
  const { code, stdout, stderr, seconds } = await scene.project.up();
  report.compare("pulumi up", "exit code 0", `exit code ${code} after ${Math.round(seconds)} s`, code === 0);
  if (code !== 0) report.say(`${stdout}\n${stderr}`);
  if (code === 0) await letWriterIn(scene);
  return code === 0;
}

/** Who is no member of the organisation is invited, and has to accept. */
async function letWriterIn({ report, writer, declared, R }: Scene): Promise<void> {
  if (!writer) return report.row("the writer", "not tried", "GITHUB_WRITER_TOKEN is not set");
  const invitations: any[] = (await writer.read("/user/repository_invitations?per_page=100")) ?? [];
  const own = invitations.find(({ repository }) => R === `/repos/${repository.full_name}`);
  if (own) await writer.must("PATCH", `/user/repository_invitations/${own.id}`);
  const has = await until(30, async () => {
    const { status, body } = await writer.ask("GET", R);
    return status === 200 && body.permissions.push ? body.permissions : undefined;
  });
  const seen = has === undefined ? "no access" : has.admin ? "administers" : "writes";
  report.compare(`${declared.writer ?? "the writer"} may write, and not administer`, "writes", seen, seen === "writes");
}
