/** What a resource of a Slipway program says of itself, as facts. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { UnknownValueError } from "@pulumi/policy";
import type { Resource } from "@pulumi/pulumi";
import { type Exceptions, exceptionPath, type Facts, LATER, type Subject } from "../components/policies/facts.ts";
import { defined, type Plain } from "../components/shared/records.ts";

type Properties = Record<string, Plain>;

/** How the facts are spread over the inputs of a subject's component. */
const SUBJECTS: Record<Subject, { type: string; name: (properties: Properties, resource: string) => Plain }> = {
  application: { type: "slipway:stack:ComposeStack", name: ({ application }) => application! },
  host: { type: "slipway:host:DockerHost", name: (_, resource) => resource },
  repository: { type: "slipway:repository:Repository", name: (_, resource) => resource },
  // Its name is among what stands beside the review.
  environment: { type: "slipway:repository:Environment", name: (_, resource) => resource },
};

export const subjects = Object.keys(SUBJECTS) as Subject[];

/** What the SDK asks of a resource's class: without it, it reads the inputs of every resource for every policy. */
export const classOf = (subject: Subject): (new () => Resource) =>
  ({ __pulumiType: SUBJECTS[subject].type }) as unknown as new () => Resource;

/** Reading what is unknown throws: it is taken for known later. */
function plain(read: () => unknown): Plain {
  try {
    const value = read();
    if (typeof value !== "object" || value === null) return value as Plain;
    if (Array.isArray(value)) return value as unknown as Plain;
    const entries = Object.keys(value).map((key) => [key, plain(() => (value as Properties)[key])]);
    return Object.fromEntries(entries);
  } catch (error) {
    if (error instanceof UnknownValueError) return LATER;
    throw error;
  }
}

/** The facts of a resource; undefined for one that is no such subject. */
export function factsOf(subject: Subject, { type, name, props, opts }: ResourceValidationArgs): Facts | undefined {
  const known = SUBJECTS[subject];
  if (type !== known.type) return undefined;
  const { policies, review, ...named } = plain(() => props) as Properties;
  if (policies === undefined) return undefined;
  const facts = { subject, name: known.name(named, name), ...defined({ review }), ...(policies as object) } as Facts;
  return facts.subject === "application"
    ? { ...facts, exceptions: current(facts.exceptions, opts.ignoreChanges) }
    : facts;
}

/** What the program says to ignore is over: the engine shows it as the state has it. */
const current = (exceptions: Exceptions, ignored: string[]): Exceptions =>
  Object.fromEntries(Object.entries(exceptions).filter(([name]) => !ignored.includes(exceptionPath(name))));

/** The facts of a resource that is a subject. */
export const factsOfAny = (args: ResourceValidationArgs): Facts | undefined =>
  subjects.flatMap((subject) => factsOf(subject, args) ?? [])[0];
