/** Whether what a policy finds stops an update: the pack's configuration, the stack's settings and the severity say. */
import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import type { Facts } from "../components/policies/facts.ts";
import { bySeverity, LEVELS, type Level, levelOf } from "../components/policies/levels.ts";
import type { Given, Rule } from "../components/policies/rule.ts";
import { mapValues, omit } from "../components/shared/records.ts";
import { z } from "../components/shared/zod.ts";

type About = Pick<Rule, "id" | "title" | "severity">;

/** What the engine shows of a policy. Its level is that of a protected environment: a pack is not told of the stack. */
export const about = (rule: About) => ({
  name: rule.id,
  description: `${rule.title}.`,
  severity: rule.severity,
  enforcementLevel: bySeverity(rule.severity, true),
});

/**
 * A rule's own settings, and `level`, which comes before what the stack says. Without defaults: the engine would fill them
 * in, and what the stack says could not be told from them.
 */
export function configSchemaOf(settings?: z.ZodObject): NonNullable<ResourceValidationPolicy["configSchema"]> {
  const { properties = {} } = settings ? z.toJSONSchema(settings, { io: "input" }) : {};
  const own = mapValues(properties as Record<string, object>, (property) =>
    omit(property as { default?: unknown }, "default"),
  );
  return { properties: { level: { type: "string", enum: [...LEVELS] }, ...own } } as NonNullable<
    ResourceValidationPolicy["configSchema"]
  >;
}

/** The pack's configuration of a rule: its level, where it has one, and its own settings. */
export function configured(args: ResourceValidationArgs): { level?: Level; own: Given } {
  const { level, ...own } = args.getConfig<{ level?: Level }>();
  return { ...(level === undefined ? {} : { level }), own };
}

/** How findings are told; undefined where the rule is not to be judged. */
export function teller(
  rule: About,
  facts: Facts,
  report: ReportViolation,
  level: Level = levelOf(rule, facts),
): ((message: string) => void) | undefined {
  if (level === "disabled") return undefined;
  // The usual level is left to the engine, which may have been told another.
  if (level === about(rule).enforcementLevel) return (message) => report(message);
  const at = report as unknown as (violation: { message: string; enforcementLevel: Level }) => void;
  return (message) => at({ message: `${rule.title}.\n${message}`, enforcementLevel: level });
}
