/** What keeps an application running, and tells when it does not. */

import type { Plain } from "../../shared/records.ts";
import { at, entriesAt, mapAt, textAt } from "../facts.ts";
import type { Rule, ServiceRule } from "../rule.ts";

/** The address of the host at which a port is open, as it is written; "" for all of them. */
function addressOf(published: Plain): string {
  if (typeof published === "object") return textAt(published, "host_ip") ?? "";
  const text = String(published);
  return text.includes(":") ? text.slice(0, text.lastIndexOf(":")) : "";
}

/** "0.0.0.0", and "::" in all its notations. */
const ALL_ADDRESSES = /^\[?(?:::ffff:)?[0.:]*\]?$/i;

const openPort: ServiceRule = {
  id: "open-port",
  subject: "application",
  severity: "medium",
  title: "No service opens a port on all addresses of its host, beside the proxy",
  reason:
    "Such a port is open to the internet without the proxy's TLS, logins and limits, and Docker opens it past the host's firewall.",
  remedy: 'let the proxy lead to it, or open it for the host alone, like "127.0.0.1:5432:5432"',
  known: [
    "compose-lint CL-0005",
    "CIS Docker 5.14",
    "KICS Container Traffic Not Bound To Host Interface",
    "OWASP Docker rule 5a",
  ],
  *service({ shown }) {
    for (const [port, published] of entriesAt(shown, "ports"))
      if (ALL_ADDRESSES.test(addressOf(published))) yield `ports: ${port} is open on all addresses`;
  },
};

const logRotation: ServiceRule = {
  id: "log-rotation",
  subject: "application",
  severity: "medium",
  title: "The logs of every service are kept, and rotated",
  reason: "Logs without a limit fill the disk of the host, and stop everything on it; without logs nobody sees why.",
  remedy: "leave logging out, and Slipway keeps 30 MB of it",
  known: ["compose-lint CL-0014", "CIS Docker 2.13"],
  *service({ shown }) {
    const logging = at(shown, "logging");
    if (logging === undefined) return;
    const driver = textAt(logging, "driver") ?? "json-file";
    if (driver === "none") yield "logging.driver: none keeps no logs";
    else if (driver === "json-file" && textAt(logging, "options", "max-size") === undefined)
      yield "logging has no max-size";
  },
};

const healthCheck: ServiceRule = {
  id: "health-check",
  subject: "application",
  severity: "medium",
  title: "Every service that takes traffic has a health check",
  reason:
    "Without one a container that runs for three seconds is taken for healthy, and gets the requests of users. A check that the image brings is not known before it is pulled.",
  remedy: 'add health: "/health", or a healthcheck in a Compose file',
  known: ["CIS Docker 5.27", "KICS Healthcheck Not Set", "CKV_DOCKER_2"],
  *service({ shown }) {
    if (at(shown, "rollout", "port") === undefined || at(shown, "rollout", "health", "path") !== undefined) return;
    const test = textAt(shown, "healthCheck", "test") ?? "NONE";
    if (test === "NONE" || at(shown, "healthCheck", "disable") === true) yield "takes traffic without a health check";
  },
};

const VERIFICATIONS = ["version", "checks", "responseTime", "command"];

const verification: Rule = {
  id: "verification",
  subject: "application",
  severity: "low",
  title: "An application with a domain declares how a new version is verified",
  reason:
    "A new version gets the requests of users once it is verified. Where nothing is declared, Slipway only knows that somebody answers, not that it is the new version.",
  remedy: 'add verification: { version: "/version", checks: ["/"] }',
  known: [],
  *whole({ review }) {
    if (Object.keys(mapAt(review, "routes")).length === 0) return;
    const isAsked = VERIFICATIONS.some((key) => at(review, "verification", key) !== undefined);
    if (!isAsked) yield "verification: nothing is asked of a new version";
  },
};

export const OPERATION_RULES = [openPort, logRotation, healthCheck, verification];
