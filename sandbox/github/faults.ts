import { z } from "zod";

const kinds = ["secondary-rate-limit", "rate-limit", "status", "cut-before", "cut-after", "missing-scope"] as const;

/** A requested fault. Every field except `kind` has a default. */
export const faultSchema = z.strictObject({
  /** `cut-before` and `cut-after` close the connection before and after the call takes effect. */
  kind: z.enum(kinds),
  /** HTTP method. Default: any. */
  method: z
    .string()
    .transform((text) => text.toUpperCase())
    .optional(),
  /** Path below the API, `*` for any text, like `/repos/*` or `/graphql`. Default: any. */
  path: z.string().default("*"),
  /** How many matching calls fail. */
  times: z.int().min(1).default(1),
  /** For rate limits: seconds to wait. */
  retryAfter: z.int().min(0).default(1),
  /** For `status`: what to answer. */
  status: z.int().min(400).max(599).default(502),
  /** For `status`: the message. */
  message: z.string().optional(),
});

export type Fault = z.infer<typeof faultSchema>;

const messages: Record<number, string> = {
  422: "Validation Failed",
  500: "Server Error",
  502: "Server Error",
  503: "Service unavailable",
};

/** Faults waiting for their calls, oldest first. */
export class Faults {
  waiting: Fault[] = [];

  /** The fault for a call; counts it as used. */
  take(method: string, path: string): Fault | undefined {
    const found = this.waiting.find((fault) => {
      const pattern = fault.path
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*");
      return (fault.method === undefined || fault.method === method) && new RegExp(`^${pattern}$`).test(path);
    });
    if (!found) return undefined;
    found.times -= 1;
    this.waiting = this.waiting.filter(({ times }) => times > 0);
    return found;
  }
}

/** GitHub's answer in place of the call; undefined for faults of another kind. */
export function faultAnswer(
  fault: Fault,
): { status: number; message: string; documentation?: string; headers?: Record<string, string> } | undefined {
  const reset = String(Math.floor(Date.now() / 1000) + fault.retryAfter);
  if (fault.kind === "secondary-rate-limit") {
    return {
      status: 403,
      message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
      headers: { "retry-after": String(fault.retryAfter) },
    };
  }
  if (fault.kind === "rate-limit") {
    return {
      status: 403,
      message: "API rate limit exceeded for user.",
      documentation: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
      headers: {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": "5000",
        "x-ratelimit-reset": reset,
        "retry-after": String(fault.retryAfter),
      },
    };
  }
  if (fault.kind !== "status") return undefined;
  return { status: fault.status, message: fault.message ?? messages[fault.status] ?? "Server Error" };
}
