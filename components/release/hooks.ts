/** Lifecycle hooks (https://docs.docker.com/compose/how-tos/lifecycle/): a host sees by a label which containers have some. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import type { Stack } from "./model.ts";

const HOOKS = "slipway.hooks";

function withLabel(service: ComposeService, value: string): ComposeService {
  const labels = service.labels as string[] | Record<string, unknown> | null | undefined;
  if (Array.isArray(labels)) return { ...service, labels: [...labels, `${HOOKS}=${value}`] };
  return { ...service, labels: { ...labels, [HOOKS]: value } };
}

/** Compose itself starts accessories, and runs their `post_start`; it does not see how they are stopped. */
export function withHookLabels(stack: Stack, document: ComposeDocument): ComposeDocument {
  const kindsOf = (name: string, service: ComposeService): string[] => {
    const own = stack.services.some((candidate) => candidate.name === name);
    const accessory = stack.accessories.includes(name);
    return [
      ...(own && (service.post_start ?? []).length > 0 ? ["post_start"] : []),
      ...((own || accessory) && (service.pre_stop ?? []).length > 0 ? ["pre_stop"] : []),
    ];
  };
  const services = Object.entries(document.services).map(([name, service]) => {
    const kinds = kindsOf(name, service);
    return [name, kinds.length > 0 ? withLabel(service, kinds.join(" ")) : service];
  });
  return { ...document, services: Object.fromEntries(services) };
}
