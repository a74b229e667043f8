/** An export of a stack's state, as a file has it: judged before anything goes back to it. */
import gt from "semver/functions/gt.js";
import valid from "semver/functions/valid.js";
import { isMap } from "../shared/issues.ts";
import { keptIn, nameOf, STACK } from "./kept.ts";
import type { StackState } from "./stateFile.ts";

/** What the file is wanted for. */
export interface Wanted {
  project: string;
  stack: string;
  /** Version of the engine here: "3.250.0". */
  engine: string;
}

/** The format of Pulumi's exports (https://www.pulumi.com/docs/iac/operations/stack-management/import-export/). */
const FORMAT = 3;

type Resource = NonNullable<NonNullable<StackState["deployment"]>["resources"]>[number] & {
  dependencies?: string[];
};

/**
 * @param file its name, for messages
 * @throws Error that says what is wrong with the file and what to do; nothing is changed yet
 */
export function readExported(text: string, file: string, wanted: Wanted): StackState {
  const refuse = (why: string, remedy = "choose another export"): never => {
    throw new Error(`${file} ${why}; ${remedy}`);
  };
  const state = parsed(text);
  if (state === undefined) return refuse("is no JSON: it was cut off, or changed");
  if (typeof state.version === "number" && state.version > FORMAT)
    return refuse(`has the format ${state.version}, and Pulumi ${wanted.engine} reads ${FORMAT}`, NEWER);
  const resources = state.deployment?.resources;
  if (state.version !== FORMAT || !Array.isArray(resources)) return refuse("is no export of a stack");
  if (!resources.every(isResource)) return refuse("has resources without a name: it was changed");
  checkPlace(resources, wanted, refuse);
  checkWhole(resources, refuse);
  const made = (state.deployment?.manifest as { version?: string } | undefined)?.version?.replace(/^v/, "");
  if (made !== undefined && valid(made) && valid(wanted.engine) && gt(made, wanted.engine))
    return refuse(`was written by Pulumi ${made}, and here is ${wanted.engine}`, NEWER);
  if ((state.deployment?.pending_operations?.length ?? 0) > 0)
    return refuse("was written while an update was interrupted, so that nobody knows what holds");
  return state as unknown as StackState;
}

const NEWER = "raise the project's Pulumi first (npm install pulumi@latest @pulumi/pulumi@latest)";

type Refuse = (why: string, remedy?: string) => never;

interface Raw {
  version?: unknown;
  deployment?: { resources?: unknown; manifest?: unknown; pending_operations?: unknown[] };
}

function parsed(text: string): Raw | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? (value as Raw) : undefined;
  } catch {
    return undefined;
  }
}

const isResource = (value: unknown): value is Resource =>
  isMap(value) && typeof value.urn === "string" && typeof value.type === "string";

/** `urn:pulumi:<stack>::<project>::…` */
function checkPlace(resources: Resource[], { project, stack }: Wanted, refuse: Refuse): void {
  if (resources.length === 0) refuse("has nothing in it");
  for (const { urn } of resources) {
    const [, foundStack, foundProject] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn) ?? [];
    if (foundStack === undefined) refuse("has resources without a name: it was changed");
    if (foundStack !== stack || foundProject !== project)
      refuse(`is of the stack ${foundStack} of the project ${foundProject}, not of ${stack} of ${project}`);
  }
}

/** The engine refuses a state in which a resource needs one that is not there. */
function checkWhole(resources: Resource[], refuse: Refuse): void {
  const there = new Set(resources.map(({ urn }) => urn));
  for (const one of resources)
    for (const needed of [one.parent, ...(one.dependencies ?? [])])
      if (needed !== undefined && needed !== "" && !there.has(needed))
        refuse(`lacks ${nameOf({ urn: needed } as Resource)}, which ${nameOf(one)} needs: it was cut off, or changed`);
}

/** Versions of the applications in it, as their hosts confirmed them, by name. */
export function versionsOf(state: StackState): Record<string, string> {
  const resources = state.deployment?.resources ?? [];
  return Object.fromEntries(
    resources
      .filter(({ type }) => type === STACK)
      .flatMap((one) => {
        const { version } = keptIn(resources, nameOf(one));
        return version === undefined ? [] : [[nameOf(one), version] as const];
      }),
  );
}
