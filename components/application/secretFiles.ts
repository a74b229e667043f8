/** Secrets that services get as files. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlannedStack } from "./model.ts";

export function secretFiles(
  problems: Problems,
  spec: ApplicationSpec,
  secrets: string[],
  document: ComposeDocument,
): PlannedStack["secretFiles"] {
  return Object.entries(spec.services ?? {}).flatMap(([service, hint]) =>
    (hint.secretFiles ?? []).map((name) => {
      if (!secrets.includes(name))
        problems.add(
          `services.${service}.secretFiles`,
          name,
          `is not a secret of the application; set slipway:secrets.${spec.name}.${name}`,
        );
      const user = document.services[service]?.user ?? "";
      return { service, name, owner: /^\d+/.test(user) ? Number.parseInt(user, 10) : 0 };
    }),
  );
}
