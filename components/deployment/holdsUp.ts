/** What keeps a deployment from beginning on a host: somebody has locked the application, or its window is closed. */
import type { PlannedStack } from "../application/model.ts";
import type { Freeze } from "../protocol/inspect.ts";
import { closedAt } from "../shared/window.ts";

/** @example "by anna@laptop since 2026-11-21T10:02:11Z: the shop sells out" */
export const freezeInWords = ({ by = "somebody", since = "some time", reason = "nobody knows why" }: Freeze): string =>
  `by ${by} since ${since}: ${reason}`;

/** Of a plan what is asked about. */
export type Held = Pick<PlannedStack, "application" | "preflight"> & {
  settings: Pick<PlannedStack["settings"], "outsideWindow">;
};

/**
 * A sentence for each; none where it may begin.
 * @param now by the host's clock
 */
export function holdsUp(
  { application, preflight: { window }, settings: { outsideWindow } }: Held,
  freeze: Freeze | undefined,
  now: Date,
): string[] {
  const closed = window && outsideWindow === undefined ? closedAt(window, now) : undefined;
  return [
    ...(freeze === undefined
      ? []
      : [`is locked ${freezeInWords(freeze)}, so no deployment begins; slipway unlock ${application} releases it`]),
    ...(closed === undefined
      ? []
      : [
          `its deployment window is closed (${closed}), so no deployment begins; wait, or say why it cannot: slipway deploy ${application} --outside-window "…"`,
        ]),
  ];
}

/** What is told of an exception that need not be; undefined where it is needed, or is none. */
export function reasonLeft(
  { application, preflight: { window }, settings: { outsideWindow } }: Held,
  deploys: boolean,
  now: Date,
): string | undefined {
  if (outsideWindow === undefined) return undefined;
  const closed = window && closedAt(window, now);
  if (deploys && closed !== undefined)
    return `its deployment window is closed (${closed}); it is deployed all the same: ${outsideWindow}`;
  return `slipway:applications.${application}.outsideWindow can be removed; as long as it stands there, every deployment may go outside of the window`;
}
