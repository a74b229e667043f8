/** What a workflow's text does that rules may find wrong. It takes what GitHub takes, and more: what it cannot read, it says. */
import { LineCounter, parseDocument } from "yaml";
import type { WorkflowReview } from "../../policies/gitHubFacts.ts";
import { isMap } from "../../shared/issues.ts";
import { defined } from "../../shared/records.ts";
import { checkoutOf } from "./reviewCheckouts.ts";
import { runnersOf } from "./reviewRunners.ts";
import { named } from "./reviewWords.ts";

type Values = Record<string, unknown>;
const mapOf = (value: unknown): Values => (isMap(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Absent where nothing is in it. */
function some(entries: (readonly [string, string | undefined])[]): Record<string, string> | undefined {
  const found = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

export function workflowReview(text: string): WorkflowReview {
  const read = parsed(text);
  if (typeof read === "string") return { unreadable: read, on: "" };
  const { on, jobs } = read;
  const all = Object.entries(mapOf(jobs)).map(([id, job]): [string, Values] => [id, mapOf(job)]);
  const steps = all.flatMap(([id, job]) =>
    (Array.isArray(job.steps) ? job.steps : []).map((step, index): [string, Values, Values] => [
      `${id}.${index + 1}`,
      mapOf(step),
      job,
    ]),
  );
  const events = eventsOf(on);
  return {
    on: events.join(" "),
    ...defined({
      permissions: some(all.map(([id, job]) => [id, permissionsOf(job, read, events)])),
      unpinned: some([...all, ...steps].map(([id, { uses }]) => [id, unpinned(textOf(uses))])),
      images: some([
        ...all.flatMap(([id, job]) => imagesOf(id, job)),
        ...steps.map(
          ([id, { uses }]) => [id, withoutDigest(/^docker:\/\/(.*)/s.exec(textOf(uses) ?? "")?.[1])] as const,
        ),
      ]),
      checkouts: some(steps.map(([id, step, job]) => [id, checkoutOf(step, [read.env, job.env])])),
      runners: some(all.map(([id, job]) => [id, runnersOf(job)])),
      calls: some(all.map(([id, { uses }]) => [id, calledBy(textOf(uses))])),
    }),
  };
}

/** The document, or why it cannot be read: without a word of it, as it may hold a secret. */
function parsed(text: string): Values | string {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { prettyErrors: false, lineCounter });
    const [error] = document.errors;
    if (error) return `line ${lineCounter.linePos(error.pos[0]).line} is not YAML (${error.code})`;
    const value: unknown = document.toJS();
    if (!isMap(value)) return "it is not a map of YAML";
    return isMap(value.jobs) ? value : "it has no jobs";
  } catch {
    return "its aliases cannot be resolved";
  }
}

function eventsOf(on: unknown): string[] {
  const names = typeof on === "string" ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(mapOf(on));
  return names.filter((name) => /^\w{1,40}$/.test(name)).sort();
}

/** A called workflow has at most what its caller's job has. */
function permissionsOf(job: Values, workflow: Values, events: string[]): string | undefined {
  const said = job.permissions ?? workflow.permissions;
  if (said === "write-all") return said;
  if (said !== undefined && said !== null) return undefined;
  return events.length === 1 && events[0] === "workflow_call" ? undefined : "default";
}

const FULL_COMMIT = /@[0-9a-f]{40}$/i;

/** Of this repository, in the same commit. */
const isOwn = (uses: string): boolean => /^(\.|\$)\//.test(uses);

const unpinned = (uses: string | undefined): string | undefined =>
  uses === undefined || uses.startsWith("docker://") || isOwn(uses) || FULL_COMMIT.test(uses)
    ? undefined
    : named(uses, "what is no action");

const calledBy = (uses: string | undefined): string | undefined =>
  uses !== undefined && isOwn(uses) ? named(uses.slice(2).replace(/@.*$/s, ""), "") || undefined : undefined;

/** What an expression becomes is not known here. */
const withoutDigest = (image: string | undefined): string | undefined =>
  image === undefined || image === "" || image.includes("${{") || /@sha256:[0-9a-f]{64}$/i.test(image)
    ? undefined
    : named(image, "what is no image");

const imageOf = (container: unknown): string | undefined => textOf(container) ?? textOf(mapOf(container).image);

const imagesOf = (id: string, { container, services }: Values): (readonly [string, string | undefined])[] => [
  [`${id}.container`, withoutDigest(imageOf(container))],
  ...Object.entries(mapOf(services)).map(
    ([name, service]) => [`${id}.services.${name}`, withoutDigest(imageOf(service))] as const,
  ),
];
