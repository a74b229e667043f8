import { createHash } from "node:crypto";

/** A weak ETag, as GitHub's: of the path, of who asks and of the whole answer. */
export const etag = (target: string, login: string, body: unknown): string =>
  `W/"${createHash("sha256")
    .update(JSON.stringify([target, login, body]))
    .digest("hex")}"`;

/** Whether what the caller has is this very answer. Only an exact ETag counts; `*` does not. */
export const unchanged = (tag: string, asked: string | undefined): boolean =>
  asked?.split(/,\s*/).includes(tag) ?? false;
