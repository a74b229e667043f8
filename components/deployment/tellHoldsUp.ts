/** What keeps a deployment from beginning, told by a plan, before the host has to refuse it. */
import * as pulumi from "@pulumi/pulumi";
import type { HostSeen } from "../protocol/inspect.ts";
import { inOwnWords } from "../shared/ownWords.ts";
import { type Held, holdsUp, reasonLeft } from "./holdsUp.ts";

/**
 * A preview tells it, as it may be over when the update comes.
 * @throws RunError in an update, before the host is asked for anything
 */
export async function tellHoldsUp(
  resource: pulumi.Resource,
  stack: Held,
  host: string,
  { host: { time }, frozen = {} }: HostSeen,
  deploys: boolean,
): Promise<void> {
  const { application } = stack;
  const now = new Date(time * 1000);
  const told = (text: string): string => `${application} on ${host}: ${text}`;
  const found = deploys ? holdsUp(stack, frozen[application], now) : [];
  if (found.length > 0 && !pulumi.runtime.isDryRun()) throw inOwnWords(new pulumi.RunError(found.map(told).join("\n")));
  const left = reasonLeft(stack, deploys, now);
  for (const text of [...found, ...(left === undefined ? [] : [left])]) await pulumi.log.warn(told(text), resource);
}
