/** The examples' projects, each as its command `slipway check` and its program load it. */
import { join } from "node:path";
import { readStack, type StackSettings, stacksOf } from "../../cli/check/stackSettings.ts";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { CHECKOUT } from "./run.ts";

export interface Example {
  applications: ApplicationSpec[];
  repositories: RepositorySpec[];
  stacks: StackSettings[];
}

/** The folder of an example's project, from the top of the checkout. */
export const infraOf = (name: string): string => join("examples", name, "infra");

/** What a project of examples/ declares; paths in it are told from the top of the checkout, where tests run. */
export async function loadExample(name: string): Promise<Example> {
  const folder = infraOf(name);
  const from = (path: string): string => join(folder, path);
  const [{ applications }, { repositories }] = await Promise.all([
    import(join(CHECKOUT, folder, "apps/index.ts")) as Promise<{ applications: ApplicationSpec[] }>,
    import(join(CHECKOUT, folder, "repositories/index.ts")) as Promise<{ repositories: RepositorySpec[] }>,
  ]);
  const project = { name, folder, config: {} };
  return {
    applications: applications.map(({ compose, ...spec }) => ({
      ...spec,
      ...(compose === undefined ? {} : { compose: [compose].flat().map(from) }),
    })),
    repositories,
    stacks: stacksOf(project).map((stack) => readStack(project, stack)),
  };
}
