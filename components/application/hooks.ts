/** Lifecycle hooks of services that are started and stopped: https://docs.docker.com/compose/how-tos/lifecycle/ */
import { interpolate } from "../compose/interpolate.ts";
import type { ComposeService, Hook } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";

const KINDS = ["post_start", "pre_stop"] as const;

function valuesOf({ environment = {} }: Hook): [string, string][] {
  if (!Array.isArray(environment))
    return Object.entries(environment).map(([name, value]) => [name, String(value ?? "")]);
  return environment.map((entry) => [entry.split("=")[0]!, entry.slice(entry.indexOf("=") + 1)]);
}

/** What would vanish, or not run on a host. */
export function checkHooks(
  problems: Problems,
  name: string,
  service: ComposeService,
  once: boolean,
  variables: Record<string, string>,
): void {
  for (const kind of KINDS) {
    const hooks = service[kind] ?? [];
    if (once && hooks.length > 0)
      problems.at(
        `services.${name}.${kind}`,
        `would not run: ${name} runs to its end; do it in its command, or declare services.${name}.once: false if it is to go on running`,
      );
    for (const [index, hook] of hooks.entries())
      checkHook(problems, `services.${name}.${kind}.${index}`, hook, variables);
  }
}

function checkHook(problems: Problems, place: string, hook: Hook, variables: Record<string, string>): void {
  if (hook.command === null || hook.command.length === 0)
    problems.at(`${place}.command`, "says nothing that could run; write the command, or take the hook out");
  for (const [name] of valuesOf(hook).filter(([, value]) => interpolate(value, variables).includes("\n")))
    problems.at(
      `${place}.environment.${name}`,
      "has several lines, which `docker exec` does not take; put them into the service's own environment",
    );
}

export const hasPostStart = (service: ComposeService): boolean => (service.post_start ?? []).length > 0;
