import { LATER } from "../policies/facts.ts";
import { z } from "../shared/zod.ts";
import { checked, secret } from "./connectionSchema.ts";

/** What a target may be told of. */
export const EVENTS = ["start", "success", "failure", "rollback", "job"] as const;
export type NotificationEvent = (typeof EVENTS)[number];

const HINT =
  'give the address of the target, like "slack://…" or "ntfys://…"; docs/notifications.md has one for each service';
/** Services whose own https:// addresses the sender understands. */
const NATIVE = /^(hooks\.slack\.com|discord(app)?\.com|ntfy\.sh|[a-z0-9-]+\.webhook\.office\.com)$/;

/** What is wrong with a target's address, never with a word of it: it carries a token. */
export function targetProblem(url: string): string | undefined {
  if (url === LATER) return undefined;
  const [, scheme, host] = /^([a-z][a-z0-9+.-]{0,30}):\/\/([^/?#\s]*)/.exec(url) ?? [];
  if (scheme === undefined) return `is not an address with a scheme; ${HINT}`;
  if (/[\s\p{Cc}]/u.test(url) || url.length > 2000)
    return "is not one line of at most 2000 characters without spaces; write a space as %20";
  if (!/^https?$/.test(scheme) || NATIVE.test(host!.replace(/^.*@|:\d+$/g, ""))) return undefined;
  return `begins with ${scheme}://, which says nothing of the service; for a webhook that takes JSON write json${scheme.slice(4)}://`;
}

const list = <T extends z.ZodType>(item: T, empty: string) => z.array(item).min(1, empty);

/** A target of notifications. */
export const notificationSchema = z.strictObject({
  url: secret(checked(HINT, targetProblem)).describe(
    "Address of the target with its token, as Apprise writes it: slack://, tgram://, mailtos://, ntfys://, jsons://, … (secret)",
  ),
  on: list(z.enum(EVENTS), `is empty; name at least one of ${EVENTS.join(", ")}`)
    .default(["success", "failure", "rollback", "job"])
    .describe(
      "What it is told of: start, success, failure, rollback (to what served before, by itself or by hand) of a deployment; a job that failed or is late",
    ),
  applications: list(z.string(), "is empty; leave it out for all applications")
    .optional()
    .describe("The applications that it is told of. Left out: all of this stack"),
});
