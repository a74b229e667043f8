import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take minutes, the longest first, as those begun last should end soon. */
export const LONG = [
  "e2e/hosts",
  "e2e/secrets",
  "host/migrationTools",
  "host/recreate",
  "host/rolling",
  "host/faults",
  "e2e/locks",
  "e2e/faults",
  "host/broken",
  "e2e/drift",
  "pipelines/pipelines",
  "e2e/takeover",
  "host/files",
  "host/migration",
  "e2e/routes",
  "e2e/stable",
  "e2e/package",
  "host/drift",
  "host/harm",
  "e2e/repositoryFaults",
  "host/operate",
  "e2e/rollback",
  "pipelines/languages",
];

/** Of each group of projects first the files that take longest, so that the workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return rank(await super.sort(files));
  }
}

const place = ({ moduleId }: Pick<TestSpecification, "moduleId">): number => {
  const found = LONG.findIndex((file) => moduleId.endsWith(`/test/${file}.test.ts`));
  return found < 0 ? LONG.length : found;
};

/** Those of LONG first, the others as they were; groups stay in their order. */
export function rank<T extends Pick<TestSpecification, "moduleId" | "project">>(files: T[]): T[] {
  const group = ({ project }: T): number => project.config.sequence.groupOrder;
  return files.toSorted((one, other) => group(one) - group(other) || place(one) - place(other));
}
