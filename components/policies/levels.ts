/** Which findings stop an update, and what a stack gives to rules. */
import type { Circumstances, RuleSettings } from "./facts.ts";
import type { Given, Severity } from "./rule.ts";

export const LEVELS = ["mandatory", "advisory", "disabled"] as const;
/** Stops, is told, or is not judged. */
export type Level = (typeof LEVELS)[number];

/** Critical and high stop an update of a protected environment; everything else is told. */
export const bySeverity = (severity: Severity, isProtected: boolean): Level =>
  isProtected && (severity === "critical" || severity === "high") ? "mandatory" : "advisory";

/** What a stack says of a rule. */
export function levelOf(
  { id, severity }: { id: string; severity: Severity },
  { protected: isProtected, settings: { all, rules = {} } = {} }: Pick<Circumstances, "protected" | "settings">,
): Level {
  const said = rules[id];
  const own = typeof said === "string" ? said : said?.level;
  return ((own ?? all) as Level | undefined) ?? bySeverity(severity, isProtected);
}

/** A rule's own settings. */
export function givenOf(id: string, { rules = {} }: RuleSettings = {}): Given {
  const said = rules[id];
  if (said === undefined || typeof said === "string") return {};
  const { level: _, ...given } = said;
  return given;
}
