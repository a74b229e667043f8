/** What the tag of an image says of it. */
import { parseReference, referenceProblem } from "../image/reference.ts";

/** Of an image as it is written: "latest" where none is, and nothing of what is no image. */
export const tagOf = (image: string): string =>
  referenceProblem(image) === undefined ? (parseReference(image).tag ?? "latest") : "";

/** Names that are given to one image after the other, alone or with a variant: "latest", "edge-alpine". */
const MOVING =
  /^(?:latest|stable|edge|nightly|dev|devel|develop|development|test|testing|staging|main|master|trunk|head|canary|rolling|next|unstable|mainline|lts|current|alpine|slim)(?:-[a-z]+)*$/i;

export const isMoving = (tag: string): boolean => MOVING.test(tag);

/** "1.4.0-rc.1", "3.14.0b2", "v2.0.0-dev"; "15-alpine" is none. */
const PRE_RELEASE =
  /\d[.-]?(?:alpha|beta|rc|pre|preview|snapshot|nightly|canary|milestone)(?![a-z])|\d\.\d+(?:a|b)\d+$|^v?\d+\.\d+\.\d+-(?:dev|next)(?![a-z])/i;

export const isPreRelease = (tag: string): boolean => PRE_RELEASE.test(tag);
