/** Variables in a Compose file (https://docs.docker.com/reference/compose-file/interpolation/). */

/** A default may hold variables of its own, in braces. */
const VARIABLE =
  /\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Replaces variables as Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `$$`.
 */
export function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(VARIABLE, (_, dollar, braced, operator, operand, bare) => {
    if (dollar) return "$";
    const value = variables[String(braced ?? bare)];
    const missing = value === undefined || (String(operator ?? "").startsWith(":") && value === "");
    if (operator?.endsWith("-")) return missing ? interpolate(operand, variables) : value;
    if (operator?.endsWith("+")) return missing ? "" : interpolate(operand, variables);
    return value ?? "";
  });
}

/** Variables that a document needs: used somewhere without a default. Sorted. `known` are those that have a value. */
export function neededVariables(document: unknown, known: string[] = []): string[] {
  const inText = (text: string): string[] =>
    Array.from(text.matchAll(VARIABLE)).flatMap(([, dollar, braced, operator, operand, bare]) => {
      const name = (braced ?? bare)!;
      if (dollar) return [];
      if (operator?.endsWith("-")) return known.includes(name) ? [] : inText(operand!);
      if (operator?.endsWith("+")) return known.includes(name) ? inText(operand!) : [];
      return [name];
    });
  return [...new Set(inText(JSON.stringify(document)))].sort();
}

/** Variables that a document mentions anywhere, also within the defaults of others. */
export const mentionedVariables = (document: unknown): string[] => [
  ...new Set(
    Array.from(JSON.stringify(document).matchAll(/\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))/g), ([, name]) => name).filter(
      (name) => name !== undefined,
    ),
  ),
];

/** Stands for a value that only a host knows: nothing that Compose takes holds a NUL. */
const unknownValue = (name: string): string => `\0${name}\0`;

/** Variables with those of which only a host has the value: what they are in is no port, and no path. */
export const withUnknown = (variables: Record<string, string>, names: string[]): Record<string, string> => ({
  ...variables,
  ...Object.fromEntries(names.map((name) => [name, unknownValue(name)])),
});

export const isUnknown = (text: string): boolean => text.includes("\0");

/** Whether all variables of a text have a value, or a default, that is known here. */
export const isKnown = (text: string, variables: Record<string, string>): boolean =>
  !isUnknown(interpolate(text, variables)) &&
  neededVariables(text, Object.keys(variables)).every((name) => Object.hasOwn(variables, name));

/** A value as a Compose file has it: `$` begins a variable there. */
export const written = (value: string): string =>
  value.replaceAll("$", "$$$$").replace(/\0(.*?)\0/g, (_, name) => `\${${name}}`);

/** A text with only these variables replaced; the others stay as they are written, and so does `$$`. */
export function substitute(text: string, variables: Record<string, string>): string {
  return text.replace(VARIABLE, (whole, dollar, braced, operator, operand, bare) => {
    const name = String(braced ?? bare);
    if (dollar) return whole;
    const rest = operand === undefined ? "" : substitute(operand, variables);
    if (!Object.hasOwn(variables, name)) return operator === undefined ? whole : `\${${name}${operator}${rest}}`;
    const value = variables[name]!;
    const missing = String(operator ?? "").startsWith(":") && value === "";
    if (operator?.endsWith("+")) return missing ? "" : rest;
    if (operator?.endsWith("?") && missing) return whole;
    return missing ? rest : written(value);
  });
}

/** The same for every text within a value. */
export function substituteAll(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === "string") return substitute(value, variables);
  if (Array.isArray(value)) return value.map((entry) => substituteAll(entry, variables));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substituteAll(entry, variables)]));
}
