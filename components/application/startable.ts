/** What a rollout cannot do: it creates the containers of own services by Compose and starts them itself, then waits until they serve. */

import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";

export function checkStartable(problems: Problems, name: string, document: ComposeDocument): void {
  const service = document.services[name]!;
  checkInjected(problems, name, service, document);
  for (const hook of (["post_start", "pre_stop"] as const).filter((key) => service[key] !== undefined)) {
    problems.add(
      `services.${name}`,
      hook,
      "would not run: only Compose runs it, and a rollout starts and stops containers itself; do it in the image's entrypoint",
    );
  }
}

/** Compose writes these into a container at its own start alone. */
function checkInjected(problems: Problems, name: string, service: ComposeService, document: ComposeDocument): void {
  for (const kind of ["configs", "secrets"] as const) {
    for (const grant of service[kind] ?? []) {
      const source = typeof grant === "string" ? grant : (grant.source ?? "");
      const definition = document[kind]?.[source] ?? {};
      if (!("content" in definition) && !("environment" in definition)) continue;
      problems.add(
        `services.${name}.${kind}`,
        source,
        "would not be in the container: only Compose writes it there, and a rollout starts containers itself; " +
          `make it a secret file (services.${name}.secretFiles), or put it into the image`,
      );
    }
  }
}
