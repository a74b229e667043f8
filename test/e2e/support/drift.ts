import { renderProgram } from "../../support/program.ts";
import type { Preview, Project } from "../../support/project.ts";
import { expectOk, type Result } from "../../support/run.ts";
import { askHost } from "../../support/served.ts";
import type { Host } from "../../support/ssh.ts";

/** A program that deploys these declarations. */
export const programOf = (applications: object[]): string => renderProgram({ applications });

/** Steps of a preview that would do something, by the resource's name: `update drift-<host>`. */
export function planned(preview: Preview): string[] {
  const acts = preview.steps.filter(({ op }) => !["same", "read"].includes(op));
  return acts.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`).sort();
}

export function warnings(preview: Preview): string {
  return preview.diagnostics
    .filter(({ severity }) => severity === "warning")
    .map(({ message }) => message)
    .join("\n");
}

/** Fails with the whole plan when something would change. */
export async function expectNoChange(project: Project): Promise<Preview> {
  const preview = await project.preview(["--expect-no-changes"]);
  if (preview.code === 0) return preview;
  throw new Error(
    `changes are planned: ${planned(preview).join(", ")}\n${preview.diagnostics.map(({ message }) => message).join("\n")}\n${preview.stderr}`,
  );
}

/** What the sample application says about one of its variables or secret files. */
export async function fingerprintOf(
  target: Host,
  domain: string,
  path: string,
): Promise<{ set: boolean; sha256: string; length: number }> {
  const { status, body } = await askHost(target, domain, path);
  if (status !== 200) throw new Error(`GET ${path} of ${domain} answers ${status}: ${body}`);
  return JSON.parse(body) as { set: boolean; sha256: string; length: number };
}

/** Everything that a command said. */
export const said = (result: Result): string => `${result.stdout}\n${result.stderr}`;

/** `up` that must succeed. */
export const upOk = async (project: Project, args: string[] = []): Promise<Result> => expectOk(await project.up(args));

/** Destroys with the data and removes the project's files; a project that was never created is none. */
export async function clean(project: Project | undefined): Promise<void> {
  if (project === undefined) return;
  expectOk(await project.destroy());
  project.dispose();
}
