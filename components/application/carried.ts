/**
 * Files that a Compose document names beside itself go with the release: they are taken along, and the document names
 * their places on the host instead. What an application writes stays on the host: a folder that is missing or empty.
 */
import { posix } from "node:path";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import { carryMounts, checkDevices, writtenPaths } from "./carriedMounts.ts";
import { carryDefinitions, carryVariables } from "./carriedSecrets.ts";
import type { Carrying } from "./carrying.ts";
import { composeFiles, composeName } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { Loading } from "./loading.ts";
import type { Carried, PlanContext, StayingFolder } from "./model.ts";
import { Project } from "./project.ts";

export function carryFiles(
  problems: Problems,
  spec: ApplicationSpec,
  context: PlanContext,
  document: ComposeDocument,
  variables: Record<string, string>,
): { document: ComposeDocument; carried: Carried; staying: StayingFolder[] } {
  const directory = `${context.root}/${spec.name}`;
  const carrying: Carrying = {
    problems,
    spec,
    context,
    variables,
    written: writtenPaths({ context, variables }, document),
    project: new Project(context, posix.dirname(composeFiles(spec)[0] ?? "program")),
    loading: new Loading(spec.name, directory),
    staying: new Map(),
    directory,
    beside: composeName(spec) || "the program",
  };
  checkDevices(carrying, document);
  const services = Object.fromEntries(
    Object.entries(document.services).map(([name, service]) => [
      name,
      carryMounts(carrying, name, carryVariables(carrying, name, service)),
    ]),
  );
  const changed = carryDefinitions(carrying, { ...document, services });
  const carried = carrying.loading.loaded(problems, spec.compose ? "compose" : "services");
  return { document: changed, carried, staying: [...carrying.staying.values()] };
}
