/** What a new release is asked through the proxy. */

import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlannedStack } from "./model.ts";
import { PATH } from "./path.ts";

export function verification(
  problems: Problems,
  spec: ApplicationSpec,
  version: string,
  hasDomain: boolean,
): PlannedStack["verification"] {
  const given = spec.verification ?? {};
  const asked = typeof given.version === "string" ? { path: given.version, field: "version" } : given.version;
  const checks = (given.checks ?? []).map((check) =>
    typeof check === "string" ? { path: check, status: 200 } : { status: 200, ...check },
  );
  for (const path of [
    ...checks.map((check) => check.path),
    ...(asked ? [asked.path] : []),
    ...(given.responseTime ? [given.responseTime.path] : []),
  ]) {
    if (!PATH.test(path)) problems.add("verification", path, 'is not a path; write "/api/v1/version"');
  }
  if (!hasDomain && (asked || checks.length > 0 || given.responseTime)) {
    problems.add(
      "verification",
      given,
      `would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.${spec.name}.domain), or remove it`,
    );
  }
  return defined({
    version: asked ? { equals: version, ...asked } : undefined,
    checks,
    responseTime: given.responseTime,
  });
}
