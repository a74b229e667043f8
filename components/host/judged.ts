/** What rules judge of a host, in plain values. */
import type { Circumstances, HostFacts } from "../policies/facts.ts";
import type { HostSettings } from "../settings/types.ts";

export const hostFacts = (
  name: string,
  { hostKey, bastion }: Pick<HostSettings<unknown>, "hostKey" | "bastion">,
  circumstances: Circumstances,
): HostFacts => ({
  subject: "host",
  name,
  ...circumstances,
  unchecked: {
    ...(hostKey === undefined ? { itself: true } : {}),
    ...(bastion !== undefined && bastion.hostKey === undefined ? { bastion: true } : {}),
  },
});
