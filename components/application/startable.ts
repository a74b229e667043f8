/** What a rollout cannot do: it creates the containers of own services by Compose and starts them itself, then waits until they serve. */

import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";

export function checkStartable(problems: Problems, name: string, document: ComposeDocument): void {
  const service = document.services[name]!;
  for (const hook of (["post_start", "pre_stop"] as const).filter((key) => service[key] !== undefined)) {
    problems.add(
      `services.${name}`,
      hook,
      "would not run: only Compose runs it, and a rollout starts and stops containers itself; do it in the image's entrypoint",
    );
  }
}
