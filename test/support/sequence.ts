import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take minutes, the longest first, as those begun last should end soon. */
export const LONG = [
  "e2e/hosts",
  "e2e/takeover",
  "e2e/secrets",
  "host/faults",
  "pipelines/pipelines",
  "pipelines/languages",
  "e2e/faults",
  "e2e/drift",
  "host/migration",
  "host/broken",
  "host/migrationTools",
  "systems/platform",
  "e2e/deployCommandRefused",
  "e2e/package",
  "e2e/deployCommand",
  "host/order",
  "e2e/locks",
  "host/operate",
  "systems/pelico",
  "e2e/rollback",
  "e2e/repositoryCheck",
  "e2e/ownership",
  "host/routes",
  "e2e/policies",
  "host/files",
  "host/late",
  "e2e/stable",
  "host/harm",
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
