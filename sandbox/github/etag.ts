import { createHash } from "node:crypto";

/** A weak ETag like GitHub's, made from the path, the caller and the whole answer. */
export const etag = (target: string, login: string, body: unknown): string =>
  `W/"${createHash("sha256")
    .update(JSON.stringify([target, login, body]))
    .digest("hex")}"`;

/** Whether the caller already has exactly this answer. Only an exact ETag counts; `*` does not. */
export const isUnchanged = (tag: string, known: string | undefined): boolean =>
  known?.split(/,\s*/).includes(tag) ?? false;
