/** What all steps of the check share. */
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import type { Project } from "../support/project.ts";
import type { Declared, Features } from "./declaration.ts";
import type { Gh } from "./gh.ts";
import type { Report } from "./report.ts";

export interface Scene {
  report: Report;
  administrator: Gh;
  /** Who may only write; none, if there is no second token. */
  writer: Gh | undefined;
  declared: Declared;
  features: Features;
  spec: RepositorySpec;
  /** Path of the repository in the API. */
  R: string;
  /** Not to be had any more once the check was interrupted. */
  readonly project: Project;
  /** How long to wait for runs, in seconds. */
  patience: number;
}

/** Its commit on a branch. */
export const tipOf = async ({ administrator, R }: Scene, branch = "main"): Promise<string> =>
  (await administrator.read(`${R}/git/ref/heads/${branch}`)).object.sha;

/** Text of a file on a ref; undefined if there is none. */
export async function fileOf({ administrator, R }: Scene, path: string, ref = "main"): Promise<string | undefined> {
  const { status, body } = await administrator.ask("GET", `${R}/contents/${path}?ref=${encodeURIComponent(ref)}`);
  return status === 200 ? Buffer.from(body.content, "base64").toString() : undefined;
}

/** A branch from main with one file more; who does it must be allowed to. @returns its commit */
export async function branchWith(by: Gh, scene: Scene, branch: string, path: string, text: string): Promise<string> {
  await by.must("POST", `${scene.R}/git/refs`, { ref: `refs/heads/${branch}`, sha: await tipOf(scene) });
  const { commit } = await by.must("PUT", `${scene.R}/contents/${path}`, {
    message: `Adds ${path}`,
    content: Buffer.from(text).toString("base64"),
    branch,
  });
  return commit.sha;
}
