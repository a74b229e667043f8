/** What a plan says of folders with files that do not go along: an application does not begin without its data in silence. */
import type { StayingFolder } from "../application/model.ts";

/** Whether a review, as JSON, has a mount of this path. */
const mounts = (review: string, path: string): boolean =>
  [":", " ", '"'].some((end) => review.includes(JSON.stringify(path).slice(1, -1) + end));

/**
 * A line for each folder that is new on the host.
 * @param review what was deployed there last, as JSON; empty where nothing was
 */
export const beginsEmpty = (staying: StayingFolder[], host: string, review: string): string[] =>
  staying
    .filter(({ at }) => !mounts(review, at))
    .map(
      ({ place, source, at }) =>
        `${place}: ${JSON.stringify(source)} has files here, and none of them goes along: ${at} on ${host} is the application's own, and empty at first; ` +
        'copy them there before (docs/operations.md, "Data that is here already"), mount the folder read-only, so that it goes with the release, or name it in .slipwayignore if this is not that data',
    );
