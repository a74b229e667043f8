/** What to do without a machine of which nothing is left: its resources could not be deleted on it. */
export const wayOnWithout = (name: string, urn: string): string =>
  `If it is gone for good, take ${name} out of the settings, run pulumi state delete '${urn}' --target-dependents, and then pulumi up.`;
